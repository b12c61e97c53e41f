/** What a user reads when tensors do not fit together, or are used where they cannot be. */
import { describe, expect, it } from "vitest";
import { array, FoveaError, OptionError, ShapeError, StateError, zeros } from "../../src/array/index.ts";
import { selectEngine } from "../../src/engines/index.ts";
import { bool, f32, f64, fill, i32, type Tensor, type TensorType, Variable } from "../../src/graph/index.ts";
import * as ops from "../../src/ops/index.ts";
import { minimize, sgd } from "../../src/optim/index.ts";
import { errors, expectFailure, type Program } from "../support/failure.ts";
import { interpreted } from "../support/values.ts";

const anything = (value: unknown): never => value as never;

describe("a convolution", () => {
  const image = f32(8, 3, 32, 32);
  const filters = f32(16, 3, 3, 3);

  it.each<[string, object, TensorType[], string]>([
    [
      "of other channels than its filters",
      {},
      [image, f32(16, 4, 3, 3)],
      "ShapeError: conv2d (features.3): input has 3 channels, the filters expect 4: input f32[8,3,32,32], filters f32[16,4,3,3]",
    ],
    [
      "whose kernel is larger than the padded input",
      { padding: 1 },
      [f32(8, 3, 2, 32), f32(16, 3, 7, 7)],
      "ShapeError: conv2d (features.3): the kernel spans 7 along spatial axis 0, the padded input has 4; take a smaller kernel or more padding: input f32[8,3,2,32], filters f32[16,3,7,7]",
    ],
    [
      "that does not move",
      { stride: 0 },
      [image, filters],
      "OptionError: conv2d (features.3): stride must be a list of integers of at least 1, got [0,0]",
    ],
    [
      "with groups that do not divide",
      { groups: 2 },
      [image, filters],
      "ShapeError: conv2d (features.3): 2 groups must divide both 3 input channels and 16 filters: input f32[8,3,32,32], filters f32[16,3,3,3]",
    ],
    [
      "with filters for all channels in groups",
      { groups: 3 },
      [image, f32(15, 3, 3, 3)],
      "ShapeError: conv2d (features.3): input has 1 channels in each of 3 groups, the filters expect 3: input f32[8,3,32,32], filters f32[15,3,3,3]",
    ],
    [
      "with a misspelt option",
      { strides: 2 },
      [image, filters],
      "OptionError: conv2d (features.3): there is no option 'strides'; did you mean stride?",
    ],
    [
      "with a number too many",
      { stride: [1, 2, 3] },
      [image, filters],
      "ShapeError: conv2d (features.3): kernel [3,3], stride [1,2,3], dilation [1,1] need 2 numbers each, padding [0,0,0,0] 4 (all befores, then all afters): input f32[8,3,32,32], filters f32[16,3,3,3]",
    ],
    [
      "of integers",
      {},
      [i32(8, 3, 32, 32), filters],
      "ShapeError: conv2d (features.3): needs floating-point values, cast i32[8,3,32,32] first: input i32[8,3,32,32], filters f32[16,3,3,3]",
    ],
    [
      "of a sequence with filters for images",
      {},
      [f32(8, 3, 32), filters],
      "ShapeError: conv1d (features.3): input and filters need the same number of axes: [n, channels, …spatial] and [filters, channels / groups, …kernel]: input f32[8,3,32], filters f32[16,3,3,3]",
    ],
  ])("%s", (_, options, types, message) => {
    expectFailure((x, w) => ops.conv(x, w, options), types, message);
  });
});

describe("an operation", () => {
  it.each<[string, Program, TensorType[], string]>([
    [
      "on shapes that cannot be broadcast",
      (x, y) => ops.add(x, y),
      [f32(2, 3), f32(2, 4)],
      "ShapeError: add (features.3): shapes [2,3] and [2,4] cannot be broadcast: axis -1 has lengths 3 and 4; lengths must be equal, or one of them 1",
    ],
    [
      "on element types that differ",
      (x, y) => ops.mul(x, y),
      [f32(2), f64(2)],
      "ShapeError: mul (features.3): element types differ: f32 and f64; cast one of them: x f32[2], y f64[2]",
    ],
    [
      "on matrices that do not fit",
      (x, y) => ops.matmul(x, y),
      [f32(2, 3), f32(4, 5)],
      "ShapeError: matmul (features.3): inner sizes differ: 2×3 times 4×5: a f32[2,3], b f32[4,5]",
    ],
    [
      "on batches of matrices that do not fit",
      (x, y) => ops.matmul(x, y),
      [f32(2, 3, 4), f32(5, 4, 3)],
      "ShapeError: matmul (features.3): shapes [2] and [5] cannot be broadcast: axis -1 has lengths 2 and 5; lengths must be equal, or one of them 1",
    ],
    [
      "on a vector where a matrix is needed",
      (x, y) => ops.matmul(x, y),
      [f32(3), f32(3, 5)],
      "ShapeError: matmul (features.3): both factors need at least two axes: a f32[3], b f32[3,5]",
    ],
    [
      "along an axis that is not there",
      (x) => ops.softmax(x, 2),
      [f32(2, 3)],
      "ShapeError: softmax (features.3): axis 2 is not an axis of a tensor of rank 2: expected -2..1",
    ],
    [
      "into a shape of another size",
      (x) => ops.reshape(x, [4, 2]),
      [f32(2, 3)],
      "ShapeError: reshape (features.3): 6 elements do not fill [4,2], which takes 8: x f32[2,3]",
    ],
    [
      "on a condition that is a number",
      (x, y) => ops.select(x, y, 0),
      [f32(2), f32(2)],
      "ShapeError: select (features.3): needs bool, got f32[2]; compare to make one: condition f32[2], x f32[2], y f32[2]",
    ],
    [
      "on bool where numbers are needed",
      (x) => ops.neg(x),
      [bool(2)],
      "ShapeError: neg (features.3): needs floats or i32, cast bool[2] first: x bool[2]",
    ],
    [
      "that pools more padding than input",
      (x) => ops.maxPool(x, { kernel: 2, padding: 2 }),
      [f32(1, 1, 4, 4)],
      "ShapeError: maxPool2d (features.3): padding 2 is not less than the 2 that the kernel spans: windows would lie outside the input: input f32[1,1,4,4]",
    ],
    [
      "that pools without a kernel",
      (x) => ops.maxPool(x, anything({ size: 2 })),
      [f32(1, 1, 4, 4)],
      "OptionError: maxPool2d (features.3): there is no option 'size'; known: kernel, stride, padding, dilation, ceil",
    ],
    [
      "on numbers alone",
      () => ops.add(1, 2),
      [],
      "ShapeError: add (features.3): at least one operand must be a tensor, got 1 and 2",
    ],
    [
      "on a host array",
      (x) => ops.add(x, anything(array([1]))),
      [f32(1)],
      "ShapeError: add (features.3): takes tensors and numbers, got an NdArray f32[1]; inside a trace, read() a Variable and wrap a host array with constant()",
    ],
    [
      "on a variable itself",
      () => ops.relu(anything(new Variable("w", array(1)))),
      [],
      "ShapeError: relu (features.3): x must be a symbolic tensor, got a Variable; inside a trace, read() a Variable and wrap a host array with constant()",
    ],
  ])("%s", (_, program, types, message) => {
    expectFailure(program, types, message);
  });
});

describe("a traced function", () => {
  const returned = "StateError: a traced function may return tensors in lists and records, got";
  const hint = "inside a trace, read() a Variable and wrap a host array with constant()";

  it.each<[string, Program, string]>([
    ["that returns a host array", () => array([1]), `${returned} NdArray; ${hint}`],
    ["that returns one in a record", () => ({ y: [array([1])] }), `${returned} NdArray; ${hint}`],
    ["that returns a number", () => ({ loss: 3 }), `${returned} number; ${hint}`],
    ["that is asynchronous", async () => fill(0, []), `${returned} Promise; it must not be async`],
  ])("%s", (_, program, message) => {
    expectFailure(program, [], message);
  });

  it("that uses a tensor of another", async () => {
    const kept: Tensor[] = [];
    const keep = (x: Tensor) => {
      kept.push(ops.neg(x));
      return x;
    };
    interpreted(keep, [f32(2, 3)]);
    expect(() => interpreted(() => ops.relu(kept[0]), [])).toThrow(
      new StateError(
        "input0 f32[2,3] is an input of another traced function; a tensor cannot leave the function that it was made in: return it, and pass its value in",
      ),
    );
  });

  it("for inputs that have no type", () => {
    const must = (got: string) =>
      new ShapeError(`the type of input 0 must be one such as f32(128, 1, 28, 28), got ${got}`);
    expect(() => interpreted((x) => x, [f32(-1, 28)])).toThrow(must("f32[-1,28]"));
    expect(() => interpreted((x) => x, [anything([1, 28])])).toThrow(must("Array"));
  });
});

describe("a compiled function called", () => {
  const run = interpreted((x, y) => ops.add(x, y), [f32(2, 3), f32(3)]);
  const good = zeros([2, 3]);

  it.each<[string, unknown[], string]>([
    [
      "with another shape",
      [zeros([4, 3]), zeros([3])],
      "input 0 of type f32[2,3], called with f32[4,3]; compile again for other shapes",
    ],
    [
      "with another element type",
      [good, zeros([3], "i32")],
      "input 1 of type f32[3], called with i32[3]; compile again for other shapes",
    ],
    [
      "with a typed array",
      [good, new Float32Array(3)],
      "input 1 of type f32[3], called with a Float32Array of 3; compile again for other shapes",
    ],
    ["with nothing", [good, undefined], "input 1 of type f32[3], called with nothing; compile again for other shapes"],
    ["with too few", [good], "2 inputs, called with 1"],
  ])("%s", async (_, inputs, message) => {
    const call = run as (...inputs: readonly unknown[]) => Promise<unknown>;
    await expect(call(...inputs)).rejects.toThrow(new ShapeError(`compiled for ${message}`));
  });
});

describe("outside a trace", () => {
  const weight = new Variable("features.0.weight", zeros([2]));
  const where = "outside a trace; do it inside the function given to compile() or evaluate()";

  it.each<[string, () => unknown, string]>([
    [
      "a variable has no tensor",
      () => weight.read(),
      `variable features.0.weight was read ${where}, or read its .value`,
    ],
    [
      "nor takes one",
      () => weight.assign(fill(0, [2])),
      `variable features.0.weight was assigned ${where}, or set its .value`,
    ],
    ["nothing can be minimized", () => minimize(fill(0, []), sgd()), `minimize was called ${where}`],
  ])("%s", (_, program, message) => {
    expect(program).toThrow(new StateError(message));
  });
});

it("an engine that does not exist", () => {
  expect(() => selectEngine("interpeter")).toThrow(
    new OptionError("there is no engine 'interpeter'; did you mean interpreter?"),
  );
});

it("any of these can be caught as a FoveaError", () => {
  for (const error of Object.values(errors)) expect(new error("")).toBeInstanceOf(FoveaError);
});
