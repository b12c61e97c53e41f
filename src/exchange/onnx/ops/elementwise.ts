/** Elementwise ops. ONNX broadcasts, so operands are taken as they were before they were repeated. */
import type { OpNode } from "../../../graph/index.ts";
import type { Lowering } from "../lowering.ts";
import { elementTypes, type Value } from "../values.ts";
import { addBias } from "./bias.ts";
import { meanOf } from "./reductions.ts";
import type { OpRule } from "./rule.ts";

/** Ops that are one operator, with the same operands in the same order. */
const named = {
  ...{ neg: "Neg", abs: "Abs", sign: "Sign", floor: "Floor", ceil: "Ceil", round: "Round", exp: "Exp", log: "Log" },
  ...{ sqrt: "Sqrt", sin: "Sin", cos: "Cos", tanh: "Tanh", sigmoid: "Sigmoid", erf: "Erf", relu: "Relu", not: "Not" },
  ...{ sub: "Sub", mul: "Mul", pow: "Pow", max: "Max", min: "Min", and: "And", or: "Or", select: "Where" },
  ...{ equal: "Equal", less: "Less", lessEqual: "LessOrEqual", greater: "Greater", greaterEqual: "GreaterOrEqual" },
};

const operator =
  (name: string): OpRule =>
  ({ inputs, outputs: [y] }, g) =>
    g.emit(name, g.operands(inputs), g.like(y));

const add: OpRule = (node, g) => addBias(node, g) ?? operator("Add")(node, g);

const div: OpRule = (node, g) => meanOf(node, g) ?? operator("Div")(node, g);

const notEqual: OpRule = ({ inputs, outputs: [y] }, g) =>
  g.emit("Not", [g.emit("Equal", g.operands(inputs), g.like(y))], g.like(y));

/** eˣ − 1 and ln(1 + x): ONNX has neither. Within 1e-7 of what they are, but near 0 not of their own size. */
const expm1: OpRule = ({ inputs: [x], outputs: [y] }, g) =>
  g.emit("Sub", [g.emit("Exp", [g.value(x)], g.like(y)), g.scalar(1, y.dtype)], g.like(y));
const log1p: OpRule = ({ inputs: [x], outputs: [y] }, g) =>
  g.emit("Log", [g.emit("Add", [g.value(x), g.scalar(1, y.dtype)], g.like(y))], g.like(y));

const cast: OpRule = ({ inputs: [x], outputs: [y] }, g) =>
  g.emit("Cast", [g.value(x)], g.like(y), { to: elementTypes[y.dtype] });

const itself = ({ inputs: [x] }: OpNode, g: Lowering): Value => g.value(x);

export const elementwiseRules: Readonly<Record<string, OpRule>> = {
  ...Object.fromEntries(Object.entries(named).map(([op, name]) => [op, operator(name)])),
  ...{ add, div, notEqual, expm1, log1p, cast },
  stopGradient: itself,
};
