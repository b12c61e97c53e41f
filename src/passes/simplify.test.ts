import { describe, expect, it } from "vitest";
import { exactly, formulas, resultsOf, TRAP_COUNT, trapInputs } from "../../tests/passes/formula.ts";
import { array, full, zeros } from "../array/index.ts";
import {
  type Algebra,
  applyOp,
  bool,
  constant,
  defineOp,
  f32,
  f64,
  fill,
  i32,
  none,
  type OpFunction,
  pointwise,
  type Tensor,
  type TensorType,
  trace,
  u8,
  verifyGraph,
} from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { abs, add, cast, div, mul, neg, pow, reshape, select, sub, transpose } from "../ops/index.ts";
import { allOps } from "../ops/registry.ts";
import { algebraRules } from "./algebra-rules.ts";
import { movementRules } from "./movement-rules.ts";
import { optimize } from "./optimize.ts";
import { simplify } from "./simplify.ts";

type Body = (x: Tensor, y: Tensor, z: Tensor) => Tensor | Tensor[];
type Row = readonly [what: string, body: Body, before: string, after: string];

const reduce = (name: string, x: Tensor, ...axes: number[]): Tensor =>
  applyOp(allOps.get(name)!, [x], { axes }).outputs[0];

/** Traces for inputs of the types, simplifies, and compares formulas and, on traps, bits. */
function check(types: readonly TensorType[], body: Body, before: string, after: string): void {
  const { graph } = trace((...inputs) => body(inputs[0], inputs[1], inputs[2]), types);
  expect(formulas(graph)).toBe(before);
  const simpler = simplify.run(graph);
  verifyGraph(simpler);
  expect(formulas(simpler)).toBe(after);
  const inputs = trapInputs(types);
  expect(exactly(resultsOf(simpler, inputs))).toEqual(exactly(resultsOf(graph, inputs)));
}

const square = [TRAP_COUNT, TRAP_COUNT];

describe.each(["f32", "f64"] as const)("among floats (%s)", (dtype) => {
  const type = { f32, f64 }[dtype];
  const tooLarge = { f32: 2 ** 127, f64: 2 ** 1023 }[dtype];
  // biome-ignore format: rows
  it.each<Row>([
    ["x + −0 is x", (x) => add(x, -0), "add(x, -0)", "x"],
    ["−0 + x is x", (x) => add(-0, x), "add(-0, x)", "x"],
    ["x − 0 is x", (x) => sub(x, 0), "sub(x, 0)", "x"],
    ["x + −y is x − y", (x, y) => add(x, neg(y)), "add(x, neg(y))", "sub(x, y)"],
    ["−x + y is y − x", (x, y) => add(neg(x), y), "add(neg(x), y)", "sub(y, x)"],
    ["x − −y is x + y", (x, y) => sub(x, neg(y)), "sub(x, neg(y))", "add(x, y)"],
    ["x · 1 is x", (x) => mul(x, 1), "mul(x, 1)", "x"],
    ["1 · x is x", (x) => mul(1, x), "mul(1, x)", "x"],
    ["x · −1 is −x", (x) => mul(x, -1), "mul(x, -1)", "neg(x)"],
    ["−x · −y is x · y", (x, y) => mul(neg(x), neg(y)), "mul(neg(x), neg(y))", "mul(x, y)"],
    ["x / 1 is x", (x) => div(x, 1), "div(x, 1)", "x"],
    ["x / 2ᵏ is x · 2⁻ᵏ", (x) => div(x, 8), "div(x, 8)", "mul(x, 0.125)"],
    ["x / −2⁻ᵏ is x · −2ᵏ", (x) => div(x, -0.5), "div(x, -0.5)", "mul(x, -2)"],
    ["x / −1 is −x", (x) => div(x, -1), "div(x, -1)", "neg(x)"],
    ["x⁰ is 1, of NaN too", (x) => pow(x, 0), "pow(x, 0)", "1"],
    ["x¹ is x", (x) => pow(x, 1), "pow(x, 1)", "x"],
    ["x² is x · x", (x) => pow(x, 2), "pow(x, 2)", "mul(x, x)"],
    ["− −x is x", (x) => neg(neg(x)), "neg(neg(x))", "x"],
    ["| −x | is | x |", (x) => abs(neg(x)), "abs(neg(x))", "abs(x)"],
    ["| |x| | is | x |", (x) => abs(abs(x)), "abs(abs(x))", "abs(x)"],
    ["relu of relu", (x) => ops.relu(ops.relu(x)), "relu(relu(x))", "relu(x)"],
    ["sign of sign", (x) => ops.sign(ops.sign(x)), "sign(sign(x))", "sign(x)"],
    ["floor of whole numbers", (x) => ops.floor(ops.ceil(x)), "floor(ceil(x))", "ceil(x)"],
    ["ceil of whole numbers", (x) => ops.ceil(ops.round(x)), "ceil(round(x))", "round(x)"],
    ["round of whole numbers", (x) => ops.round(ops.floor(x)), "round(floor(x))", "floor(x)"],
    ["the larger of x and x", (x) => ops.maximum(x, x), "max(x, x)", "x"],
    ["the smaller of x and x", (x) => ops.minimum(x, x), "min(x, x)", "x"],
    ["what is not to be differentiated", (x) => neg(ops.stopGradient(x)), "neg(stopGradient(x))", "neg(x)"],
    ["several at once", (x) => sub(mul(neg(neg(x)), 1), 0), "sub(mul(neg(neg(x)), 1), 0)", "x"],
  ])("%s", (_, body, before, after) => check([type(...square), type(...square)], body, before, after));

  // biome-ignore format: rows
  it.each<[string, Body, string]>([
    ["x + 0, which makes 0 of −0", (x) => add(x, 0), "add(x, 0)"],
    ["0 + x", (x) => add(0, x), "add(0, x)"],
    ["x − −0", (x) => sub(x, -0), "sub(x, -0)"],
    ["0 − x, which is 0 at 0", (x) => sub(0, x), "sub(0, x)"],
    ["x · 0, which is NaN at infinity and NaN, and −0 below 0", (x) => mul(x, 0), "mul(x, 0)"],
    ["x − x", (x) => sub(x, x), "sub(x, x)"],
    ["x / x", (x) => div(x, x), "div(x, x)"],
    ["0 / x", (x) => div(0, x), "div(0, x)"],
    ["x / 3, whose inverse is rounded", (x) => div(x, 3), "div(x, 3)"],
    ["x / 2ᵏ, whose inverse is subnormal", (x) => div(x, tooLarge), `div(x, ${tooLarge})`],
    ["(x · 2) · 0.5, which overflows", (x) => mul(mul(x, 2), 0.5), "mul(mul(x, 2), 0.5)"],
    ["(x + 1) − 1", (x) => sub(add(x, 1), 1), "sub(add(x, 1), 1)"],
    ["−(x − y), which is −0 at equal numbers", (x, y) => neg(sub(x, y)), "neg(sub(x, y))"],
    ["1ˣ, which is NaN at NaN", (x) => pow(1, x), "pow(1, x)"],
    ["x to the power of ½, no square root at −∞", (x) => pow(x, 0.5), "pow(x, 0.5)"],
    ["max with NaN", (x) => ops.maximum(x, Number.NaN), "max(x, NaN)"],
    ["x = x, which is false for NaN", (x) => ops.equal(x, x), "equal(x, x)"],
    ["not x < y, which is no x ≥ y", (x, y) => ops.not(ops.less(x, y)), "not(less(x, y))"],
  ])("keeps %s", (_, body, same) => check([type(...square), type(...square)], body, same, same));
});

it("takes exactly one product for a square, as powers do", () => {
  for (const dtype of ["f32", "f64"] as const) {
    const { graph } = trace((x) => pow(x, 2), [{ shape: [20_000], dtype }]);
    const x = zeros([20_000], dtype);
    for (let i = 0; i < x.size; i++) x.data[i] = (Math.sin(i) * 1e-3 + (i % 7)) * 10 ** ((i % 61) - 30);
    expect(resultsOf(simplify.run(graph), [x])[0].data).toEqual(resultsOf(graph, [x])[0].data);
  }
});

it.each<Row>([
  ["x + 0 is x", (x) => add(x, 0), "add(x, 0)", "x"],
  ["0 + x is x", (x) => add(0, x), "add(0, x)", "x"],
  ["x − 0 is x", (x) => sub(x, 0), "sub(x, 0)", "x"],
  ["x + −y is x − y, beyond the largest number too", (x, y) => add(x, neg(y)), "add(x, neg(y))", "sub(x, y)"],
  ["x · −1 is −x", (x) => mul(x, -1), "mul(x, -1)", "neg(x)"],
  ["| −x |", (x) => abs(neg(x)), "abs(neg(x))", "abs(x)"],
])("among integers %s", (_, body, before, after) => check([i32(...square), i32(...square)], body, before, after));

it.each<Row>([
  ["x and true", (x) => ops.and(x, fill(1, square, "bool")), "and(x, 1)", "x"],
  ["false and x", (x) => ops.and(fill(0, square, "bool"), x), "and(0, x)", "0"],
  ["x or true", (x) => ops.or(x, fill(1, square, "bool")), "or(x, 1)", "1"],
  ["false or x", (x) => ops.or(fill(0, square, "bool"), x), "or(0, x)", "x"],
  ["x and x", (x) => ops.and(x, x), "and(x, x)", "x"],
  ["x or x", (x) => ops.or(x, x), "or(x, x)", "x"],
  ["x and y", (x, y) => ops.and(x, y), "and(x, y)", "and(x, y)"],
  ["not not x", (x) => ops.not(ops.not(x)), "not(not(x))", "x"],
])("of truth values %s", (_, body, before, after) => check([bool(...square), bool(...square)], body, before, after));

const truth = (value: number): Tensor => fill(value, square, "bool");

// biome-ignore format: rows
it.each<Row>([
  ["by what is always true", (_, y, z) => select(truth(1), y, z), "select(1, y, z)", "y"],
  ["by what is never true", (_, y, z) => select(truth(0), y, z), "select(0, y, z)", "z"],
  ["between equals", (x, y) => select(x, y, y), "select(x, y, y)", "y"],
  ["between equal fills", (x, y) => select(x, y, add(y, neg(y))), "select(x, y, add(y, neg(y)))", "select(x, y, sub(y, y))"],
  ["between 0.5 and 0.5", (x, y) => select(x, fill(0.5, y.shape), 0.5), "select(x, 0.5, 0.5)", "0.5"],
  ["between 0 and −0", (x, y) => select(x, fill(0, y.shape), -0), "select(x, 0, -0)", "select(x, 0, -0)"],
  ["by the opposite", (x, y, z) => select(ops.not(x), y, z), "select(not(x), y, z)", "select(x, z, y)"],
  ["once more by the same, where it holds", (x, y, z) => select(x, select(x, y, 1), z), "select(x, select(x, y, 1), z)", "select(x, y, z)"],
  ["once more by the same, elsewhere", (x, y, z) => select(x, y, select(x, 1, z)), "select(x, y, select(x, 1, z))", "select(x, y, z)"],
])(
  "a choice %s",
  (_, body, before, after) => check([bool(...square), f32(...square), f32(...square)], body, before, after),
);

describe("a conversion", () => {
  const through =
    (...types: Parameters<typeof cast>[1][]) =>
    (x: Tensor) =>
      types.reduce((y, dtype) => ops.castOp([y], { dtype }), x);
  // biome-ignore format: rows
  it.each<[string, (...shape: number[]) => TensorType, Body, string, string]>([
    ["to its own type", f32, through("f32"), "cast(x; f32)", "x"],
    ["there and back", i32, through("f64", "i32"), "cast(cast(x; f64); i32)", "x"],
    ["by way of a larger type", u8, through("f32", "i32"), "cast(cast(x; f32); i32)", "cast(x; i32)"],
    ["of truth values", bool, through("i32", "f32", "bool"), "cast(cast(cast(x; i32); f32); bool)", "x"],
    ["that rounds", i32, through("f32", "i32"), "cast(cast(x; f32); i32)", "cast(cast(x; f32); i32)"],
    ["that cuts", f32, through("i32", "f32"), "cast(cast(x; i32); f32)", "cast(cast(x; i32); f32)"],
    ["that narrows", f64, through("f32", "f64"), "cast(cast(x; f32); f64)", "cast(cast(x; f32); f64)"],
  ])("%s", (_, type, body, before, after) => check([type(...square)], body, before, after));
});

describe("movement", () => {
  const box = (before: number[], after: number[], interior = [0, 0, 0], value = 0) => ({
    before,
    after,
    interior,
    value,
  });
  const none = [0, 0, 0];
  // biome-ignore format: rows
  it.each<Row>([
    ["reshape to the same shape", (x) => ops.reshapeOp([x], { shape: [2, 3, 4] }), "reshape(x; 2,3,4)", "x"],
    ["reshape twice", (x) => reshape(reshape(x, [24]), [4, 6]), "reshape(reshape(x; 24); 4,6)", "reshape(x; 4,6)"],
    ["reshape and back", (x) => neg(reshape(reshape(x, [24]), [2, 3, 4])), "neg(reshape(reshape(x; 24); 2,3,4))", "neg(x)"],
    ["transpose by the identity", (x) => transpose(x, [0, 1, 2]), "transpose(x; 0,1,2)", "x"],
    ["transpose twice", (x) => transpose(transpose(x, [2, 0, 1]), [1, 0, 2]), "transpose(transpose(x; 2,0,1); 1,0,2)", "transpose(x; 0,2,1)"],
    ["transpose and back", (x) => transpose(transpose(x, [2, 0, 1]), [1, 2, 0]), "transpose(transpose(x; 2,0,1); 1,2,0)", "x"],
    ["transpose of axes of length 1", (_, y) => transpose(y, [1, 0, 2]), "transpose(y; 1,0,2)", "reshape(y; 3,1,4)"],
    ["transpose twice, at last of axes of length 1", (_, y) => transpose(transpose(y, [0, 2, 1]), [1, 0, 2]), "transpose(transpose(y; 0,2,1); 1,0,2)", "transpose(y; 2,0,1)"],
    ["broadcast to the same shape", (x) => ops.broadcastOp([x], { shape: [2, 3, 4] }), "broadcastTo(x; 2,3,4)", "x"],
    ["broadcast twice", (_, y) => ops.broadcastTo(ops.broadcastTo(y, [2, 3, 4]), [5, 2, 3, 4]), "broadcastTo(broadcastTo(y; 2,3,4); 5,2,3,4)", "broadcastTo(y; 5,2,3,4)"],
    ["broadcast after axes in front", (x) => ops.broadcastTo(reshape(x, [1, 1, 2, 3, 4]), [5, 1, 2, 3, 4]), "broadcastTo(reshape(x; 1,1,2,3,4); 5,1,2,3,4)", "broadcastTo(x; 5,1,2,3,4)"],
    ["broadcast after axes elsewhere", (x) => ops.broadcastTo(reshape(x, [2, 3, 4, 1]), [2, 3, 4, 2]), "broadcastTo(reshape(x; 2,3,4,1); 2,3,4,2)", "broadcastTo(reshape(x; 2,3,4,1); 2,3,4,2)"],
    ["pad by nothing", (x) => ops.padOp([x], box(none, none)), "pad(x; 0,0,0; 0,0,0; 0,0,0; 0)", "x"],
    ["pad between one element", (_, y) => ops.padOp([y], box(none, none, [7, 0, 0])), "pad(y; 0,0,0; 0,0,0; 7,0,0; 0)", "y"],
    ["pad", (x) => ops.padOp([x], box([0, 1, 0], none)), "pad(x; 0,1,0; 0,0,0; 0,0,0; 0)", "pad(x; 0,1,0; 0,0,0; 0,0,0; 0)"],
    ["the whole slice", (x) => ops.sliceOp([x], { start: none, size: [2, 3, 4], step: [1, 1, 1] }), "slice(x; 0,0,0; 2,3,4; 1,1,1)", "x"],
    ["a slice of a slice", (x) => ops.slice(ops.slice(x, 2, 1, 4), 2, 0, 3, 2), "slice(slice(x; 0,0,1; 2,3,3; 1,1,1); 0,0,0; 2,3,2; 1,1,2)", "slice(x; 0,0,1; 2,3,2; 1,1,2)"],
    ["a slice in steps of a slice in steps", (x) => ops.slice(ops.slice(x, 2, 1, 4, 2), 2, 1), "slice(slice(x; 0,0,1; 2,3,2; 1,1,2); 0,0,1; 2,3,1; 1,1,1)", "slice(x; 0,0,3; 2,3,1; 1,1,2)"],
    ["an empty slice beyond the end", (x) => ops.slice(ops.slice(x, 2, 0, 4, 3), 2, 2), "slice(slice(x; 0,0,0; 2,3,2; 1,1,3); 0,0,2; 2,3,0; 1,1,1)", "slice(x; 0,0,4; 2,3,0; 1,1,3)"],
    ["concat of one", (x) => ops.concat([x], 1), "concat(x; 1)", "x"],
    ["concat of two", (x) => ops.concat([x, x], 1), "concat(x, x; 1)", "concat(x, x; 1)"],
    ["the maximum over one element", (_, y) => reduce("reduceMax", y, 0), "reduceMax(y; 0)", "reshape(y; 3,4)"],
    ["the minimum over no axes", (x) => reduce("reduceMin", x), "reduceMin(x; )", "x"],
    ["a sum over no axes, which makes 0 of −0", (x) => reduce("sum", x), "sum(x; )", "sum(x; )"],
    ["a sum over one element, which does too", (_, y) => reduce("sum", y, 0), "sum(y; 0)", "sum(y; 0)"],
    ["a sum over no axes of integers", (_x, _y, z) => reduce("sum", z), "sum(z; )", "z"],
    ["a sum of sums, which rounds twice", (x) => ops.sum(ops.sum(x, 0)), "sum(sum(x; 0); 0,1)", "sum(sum(x; 0); 0,1)"],
  ])("%s", (_, body, before, after) => check([f32(2, 3, 4), f32(1, 3, 4), i32(2, 3)], body, before, after));

  const fours = (x: Tensor): Tensor => reshape(x, [3, 3, 1, 2]);
  // biome-ignore format: rows
  it.each<Row>([
    ["the left factor", (x, y) => ops.matmul(transpose(x, [0, 2, 1]), y), "matmul(transpose(x; 0,2,1), y; false; false)", "matmul(x, y; true; false)"],
    ["the right factor", (x, y) => ops.matmul(x, transpose(y, [0, 2, 1]), { transposeA: true, transposeB: true }), "matmul(x, transpose(y; 0,2,1); true; true)", "matmul(x, y; true; false)"],
    ["both", (x, y) => ops.matmul(transpose(y, [0, 2, 1]), transpose(x, [0, 2, 1]), { transposeB: true }), "matmul(transpose(y; 0,2,1), transpose(x; 0,2,1); false; true)", "matmul(y, x; true; false)"],
    ["and not of the batch with it", (x) => ops.matmul(transpose(fours(x), [1, 0, 3, 2]), fours(x)), "matmul(transpose(reshape(x; 3,3,1,2); 1,0,3,2), reshape(x; 3,3,1,2); false; false)", "matmul(transpose(reshape(x; 3,3,1,2); 1,0,3,2), reshape(x; 3,3,1,2); false; false)"],
    ["but not the batch", (x, y) => ops.matmul(transpose(x, [1, 2, 0]), transpose(y, [1, 0, 2])), "matmul(transpose(x; 1,2,0), transpose(y; 1,0,2); false; false)", "matmul(transpose(x; 1,2,0), transpose(y; 1,0,2); false; false)"],
  ])(
    "a product takes over the transpose of %s",
    (_, body, before, after) => check([f32(3, 3, 2), f32(3, 3, 4)], body, before, after),
  );
});

describe("a fill stays one", () => {
  const half = fill(0.5, [2, 3]);
  const axes = { start: [0, 1], size: [2, 1], step: [1, 1] };
  const padding = (value: number) => ({ before: [1, 0], after: [0, 0], interior: [0, 1], value });
  it.each<[string, () => Tensor, string]>([
    ["added", () => add(half, 0.25), "0.75"],
    ["in f32, rounded as f32", () => mul(fill(0.1, [2]), 0.1), String(Math.fround(Math.fround(0.1) ** 2))],
    ["in f64, not rounded", () => mul(fill(0.1, [2], "f64"), 0.1), String(0.1 * 0.1)],
    ["beyond the largest integer", () => mul(fill(2 ** 31 - 1, [2], "i32"), 2 ** 31 - 1), "1"],
    ["0 · ∞", () => mul(fill(0, [2]), Infinity), "NaN"],
    ["0 · −1", () => mul(fill(0, [2]), -1), "-0"],
    ["compared", () => ops.less(half, 1), "1"],
    ["chosen", () => select(ops.less(half, 1), half, 3), "0.5"],
    ["converted", () => cast(fill(-2.7, [2]), "i32"), "-2"],
    ["converted with saturation", () => cast(fill(1e10, [2]), "u8"), "255"],
    ["reshaped", () => reshape(half, [6]), "0.5"],
    ["transposed", () => transpose(half), "0.5"],
    ["repeated", () => ops.broadcastTo(half, [4, 2, 3]), "0.5"],
    ["sliced", () => ops.sliceOp([half], axes), "0.5"],
    ["padded with itself", () => ops.padOp([half], padding(0.5)), "0.5"],
    ["padded with itself, as f32", () => ops.padOp([fill(0.1, [2, 3])], padding(Math.fround(0.1))), "0.1"],
    ["padded with something else", () => ops.padOp([half], padding(0)), "pad(0.5; 1,0; 0,0; 0,1; 0)"],
    ["one after the other", () => ops.concat([half, fill(0.5, [1, 3])]), "0.5"],
    ["after something else", () => ops.concat([half, fill(1, [1, 3])]), "concat(0.5, 1; 0)"],
    ["summed", () => ops.sum(half), "3"],
    ["summed over nothing", () => ops.sum(fill(Infinity, [0, 3]), 0), "0"],
    ["summed, −0 as 0", () => ops.sum(fill(-0, [3])), "0"],
    ["summed, infinite", () => ops.sum(fill(-Infinity, [3], "f64")), "-Infinity"],
    ["summed in f32, rounded once", () => ops.sum(fill(0.1, [7])), String(7 * Math.fround(0.1))],
    ["summed in f64, if whole", () => ops.sum(fill(3, [7], "f64")), "21"],
    ["summed in f64, if every sum would be rounded", () => ops.sum(fill(0.1, [7], "f64")), "sum(0.1; 0)"],
    ["summed beyond the largest integer", () => ops.sum(fill(2 ** 31 - 1, [3], "i32")), String(3 * (2 ** 31 - 1))],
    ["at its largest", () => ops.max(half, 1), "0.5"],
    ["at its smallest", () => ops.min(fill(Number.NaN, [2])), "NaN"],
    ["in the position of the first", () => ops.argMax(half), "0"],
    ["not in its softmax", () => ops.softmax(half), "softmax(0.5; 1)"],
  ])("%s", (_, body, after) => {
    const { graph } = trace(body, []);
    const simpler = simplify.run(graph);
    expect(formulas(simpler)).toBe(after);
    verifyGraph(simpler);
    expect(exactly(resultsOf(simpler, []))).toEqual(exactly(resultsOf(graph, [])));
  });

  it.each([
    ["of one number", full([3, 2], 0.25), "0.25"],
    ["of one element", array([[-0]]), "-0"],
    ["of nothing", zeros([0, 2]), "0"],
    ["of NaN", full([3], Number.NaN), "NaN"],
    ["of 0 and −0", array([0, -0]), "constant"],
  ])("as which a host array %s is taken", (_, value, after) => {
    const { graph } = trace(() => constant(value), []);
    expect(formulas(simplify.run(graph))).toBe(after);
    expect(exactly(resultsOf(simplify.run(graph), []))).toEqual(exactly([value]));
  });
});

describe("the tables of rules", () => {
  it("name ops that there are", () => {
    const names = [movementRules, algebraRules].flatMap((rules) => Object.keys(rules));
    expect(names.filter((name) => !allOps.has(name))).toEqual([]);
  });

  it("compute what is elementwise and spread what picks, by the op's record alone", () => {
    const own = (algebra: Algebra, meaning: (x: number) => number) =>
      defineOp({
        ...{
          name: "own",
          inputs: ["x"],
          attributes: {},
          sees: pointwise,
          gradient: none("it is for a test"),
          samples: [],
        },
        ...algebra,
        shape: (_, x) => x,
        reference: (_, [x], [y]) => y.data.set(x.data.map(meaning)),
      });
    const simplified = (op: OpFunction<Record<never, never>>) =>
      formulas(simplify.run(trace(() => op([fill(3, [2])]), []).graph));
    expect(simplified(own({}, (x) => 2 * x))).toBe("own(3)");
    expect(simplified(own({ elementwise: true }, (x) => 2 * x))).toBe("6");
    expect(simplified(own({ picks: true }, (x) => x))).toBe("3");
  });

  it("have rules for ops with one output only, which is all that a rule can replace", () => {
    const { graph } = trace((x) => ops.maxPoolWithPositions(x, { kernel: 2 }), [f32(1, 1, 4)]);
    expect(simplify.run(graph)).toBe(graph);
  });

  it("come to an end", () => {
    const body = (x: Tensor, y: Tensor) => select(ops.not(ops.less(add(x, neg(y)), 0)), sub(x, neg(y)), div(x, 4));
    const { graph } = trace(body, [f32(2), f32(2)]);
    const simpler = optimize(graph, { verify: true });
    expect(formulas(simpler)).toBe("select(less(sub(x, y), 0), mul(x, 0.25), add(x, y))");
    expect(optimize(simpler)).toBe(simpler);
  });
});
