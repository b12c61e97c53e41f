/**
 * ONNX Runtime: forward passes, on as many threads as the first word says. A model of one node is written here, with the
 * right operand as a constant, as in a trained network, so that it is packed once before the first run.
 */
import { load, randomArray, serve, sizeOf } from "./serve.mjs";

const threads = Number(process.argv[2]);

// Protocol buffers: a field is its number and wire type, then a number (0), or a length and bytes (2).
const FLOAT = 1;
const INTS = 7;

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field, content) => Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
const text = (field, content) => bytes(field, Buffer.from(content));
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

const valueInfo = (field, name, shape) => {
  const sizes = shape.map((n) => message(1, number(1, n)));
  return message(field, text(1, name), message(2, message(1, number(1, FLOAT), message(2, ...sizes))));
};
const constant = (name, shape) => {
  const data = Buffer.from(randomArray(sizeOf(shape)).buffer);
  return message(5, ...shape.map((n) => number(1, n)), number(2, FLOAT), text(8, name), bytes(9, data));
};
const attribute = ([name, ints]) => message(5, text(1, name), ...ints.map((n) => number(8, n)), number(20, INTS));

/** y = op(x, w) */
function model(op, attributes, x, w, y) {
  const operands = [text(1, "x"), text(1, "w"), text(2, "y"), text(4, op)];
  const node = message(1, ...operands, ...Object.entries(attributes).map(attribute));
  const graph = message(7, node, text(2, "one"), constant("w", w), valueInfo(11, "x", x), valueInfo(12, "y", y));
  return Buffer.concat([number(1, 8), graph, message(8, text(1, ""), number(2, 13))]);
}

function convModel({ input, filters, stride, padding, backward }) {
  if (backward) throw new Error("has no gradients");
  const along = (axis) => Math.floor((input[axis] + 2 * padding - filters[axis]) / stride) + 1;
  const attributes = { strides: [stride, stride], pads: Array(4).fill(padding) };
  return [input, model("Conv", attributes, input, filters, [input[0], filters[0], along(2), along(3)])];
}

const square = ({ size }) => [size, size];
const matmulModel = (job) => [square(job), model("MatMul", {}, square(job), square(job), square(job))];

/** A network from its file, whose batch is free. */
const netModel = ({ batch, input, file }) => [[batch, ...input], file];

const models = { conv: convModel, matmul: matmulModel, net: netModel };

serve(async () => {
  const { InferenceSession, Tensor, env } = load("onnxruntime-node");
  const prepare = async (job) => {
    const [shape, content] = models[job.kind](job);
    const options = { intraOpNumThreads: threads, interOpNumThreads: 1, executionProviders: ["cpu"] };
    const session = await InferenceSession.create(content, options);
    const x = new Tensor("float32", randomArray(sizeOf(shape)), shape);
    return () => session.run({ [session.inputNames[0]]: x });
  };
  return { version: env.versions.node ?? env.versions.common, prepare };
});
