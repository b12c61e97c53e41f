/**
 * Networks against PyTorch: the cases of tests/fixtures/torchvision, whose script says how to add one. Parameters, running
 * statistics and pictures are drawn by the same rule on both sides.
 */
import { readFileSync } from "node:fs";
import { NdArray as HostArray, type NdArray, type Shape, sizeOf } from "../../src/array/index.ts";
import { compile, type EngineChoice } from "../../src/engines/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { architectures } from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";
import { add, gradient, mul } from "../../src/ops/index.ts";

/** A row of cases.json. */
interface Case {
  readonly options?: object;
  readonly input?: Shape;
  readonly batch?: number;
}

/** The length of a tensor, the size of its largest element, and three elements. */
type Told = readonly number[];

type Kind = "prediction" | "training";

/** What a network computes with a batch. */
export interface Result {
  readonly outputs: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Told>>;
  readonly running?: Readonly<Record<string, Told>>;
}

const CLASSES = 10;

/** Of the largest element of a tensor: what networks in single precision may be off from the results in double. */
export const TOLERANCE = 1e-4;

/** What PyTorch's numbers are rounded to, seven digits: the interpreter in double precision is within it. */
export const TOLERANCE_IN_DOUBLE = 1e-6;

/** Gradients that are 0 in exact arithmetic, such as those of biases before a batch normalization, are compared with this. */
const SMALLEST_SCALE = 1e-3;

/** The share of the longest gradient below which one is 0 but for rounding in double precision. */
const ZERO = 1e-12;

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/torchvision/${name}.json`, import.meta.url), "utf8"));

/** All cases, by the name of the architecture. */
export const cases: Readonly<Record<string, Case>> = read("cases");

/** PyTorch's results, and the draw of pictures that they are for. */
export const expectedOf = (name: string): Readonly<Record<Kind, Result>> & { readonly pictures: number } => read(name);

/** FNV-1a of a name, 32 bits. */
const hashOf = (name: string): number =>
  [...new TextEncoder().encode(name)].reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5 | 0);

/** Numbers from 0 up to 1 with 24 bits: the name's hash and the index, mixed as at the end of MurmurHash3. */
function shareOf(hash: number, i: number): number {
  let x = (hash + Math.imul(i, 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 8) / 2 ** 24;
}

/** From a share to a value, as `drawn` of make.py has it. */
function ruleFor(name: string, shape: Shape): (share: number) => number {
  const fanIn = sizeOf(shape.slice(1));
  if (fanIn === 1 && (shape.length > 1 || name.endsWith("weight"))) return (share) => 0.5 + 0.5 * share;
  if (shape.length === 1) return (share) => 0.5 + share;
  return (share) => (2 * share - 1) * Math.sqrt(6 / fanIn);
}

function drawn(name: string, shape: Shape, rule: (share: number) => number): NdArray {
  const [hash, data] = [hashOf(name), new Float32Array(sizeOf(shape))];
  for (let i = 0; i < data.length; i++) data[i] = rule(shareOf(hash, i));
  return new HostArray(data, shape, "f32");
}

function filledModel(name: string, input: Shape): nn.Model {
  const model = nn.Model.build(architectures[name]({ ...cases[name].options, input, classes: CLASSES }), { input });
  for (const variable of model.variables)
    if (variable.dtype === "f32")
      variable.value = drawn(variable.name, variable.shape, ruleFor(variable.name, variable.shape));
  return model;
}

function told({ data, size }: NdArray): Told {
  let [squares, most] = [0, 0];
  for (const x of data) {
    squares += Number(x) ** 2;
    most = Math.max(most, Math.abs(Number(x)));
  }
  return [Math.sqrt(squares), most, ...[1, 2, 3].map((k) => Number(data[Math.floor((size * k) / 4)]))];
}

const isFloat = ({ dtype }: { readonly dtype: string }): boolean => dtype === "f32";

/** The weighted sum of the losses of output and auxiliary heads, which only training has, and the scores by name. */
function lossOf(model: nn.Model, pictures: Tensor, classes: Tensor, training: boolean) {
  const heads: (readonly [name: string, scores: Tensor, weight: number])[] = [];
  const onAuxiliary = (path: string, scores: Tensor, weight: number): void =>
    void heads.push([path, scores, training ? weight : 0]);
  const output = model(pictures, { training, onAuxiliary });
  const all = [["output", output, 1] as const, ...heads].filter(([, , weight]) => weight > 0);
  const losses = all.map(([, scores, weight]) => mul(nn.crossEntropy(scores, classes), weight));
  return {
    outputs: Object.fromEntries(all.map(([name, scores]) => [name, scores])),
    loss: losses.reduce((sum, loss) => add(sum, loss)),
  };
}

/** What our network computes, on an engine. */
export async function resultOf(name: string, kind: Kind, engine: EngineChoice = "auto"): Promise<Result> {
  const { input = [3, 64, 64], batch = 2 } = cases[name];
  const model = filledModel(name, input);
  const trained = model.variables.filter(({ trainable }) => trainable);
  const pictures = drawn(`pictures ${expectedOf(name).pictures}`, [batch, ...input], (share) => 2 * share - 1);
  const classes = new HostArray(
    Int32Array.from({ length: batch }, (_, i) => (7 * i + 3) % CLASSES),
    [batch],
    "i32",
  );
  const run = compile(
    (x, y) => {
      const { outputs, loss } = lossOf(model, x, y, kind === "training");
      const gradients = gradient(
        loss,
        trained.map((variable) => variable.read()),
      );
      return {
        loss,
        ...prefixed("output", Object.entries(outputs)),
        ...prefixed(
          "gradient",
          trained.map((v, i) => [v.name, gradients[i]]),
        ),
      };
    },
    [pictures, classes],
    { engine },
  );
  const results = Object.entries(await run(pictures, classes));
  const group = <T>(kindOf: string, f: (value: NdArray) => T) =>
    Object.fromEntries(
      results
        .filter(([key]) => key.startsWith(`${kindOf} `))
        .map(([key, value]) => [key.slice(kindOf.length + 1), f(value)]),
    );
  const states = model.variables.filter((variable) => !variable.trainable && isFloat(variable));
  return {
    outputs: group("output", (value) => value.toNested() as number[][]),
    loss: Number(results.find(([key]) => key === "loss")![1].data[0]),
    gradients: group("gradient", told),
    ...(kind === "training" && { running: Object.fromEntries(states.map(({ name, value }) => [name, told(value)])) }),
  };
}

const prefixed = (kind: string, entries: readonly (readonly [string, Tensor])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [`${kind} ${name}`, value]));

/** The largest difference of two lists, as a share of the largest number expected. */
const distance = (ours: readonly number[], theirs: readonly number[], scale = SMALLEST_SCALE): number =>
  Math.max(...theirs.map((x, i) => Math.abs(ours[i] - x))) / Math.max(scale, ...theirs.map(Math.abs));

/**
 * Lengths are compared with each other, elements relative to the largest; those of what is 0 but for rounding in double precision,
 * with the longest.
 */
function distanceTold([length, ...ours]: Told, [theirLength, ...theirs]: Told, longest: number): number {
  const scale = theirLength < ZERO * longest ? longest : SMALLEST_SCALE;
  return Math.max(distance([length], [theirLength], scale), distance(ours, theirs, scale));
}

/** How far every number is from PyTorch's, by name. */
export function distances(ours: Result, theirs: Result): ReadonlyMap<string, number> {
  const toldOf = (part: "gradients" | "running"): [string, number][] => {
    const entries = Object.entries(theirs[part] ?? {});
    const longest = Math.max(...entries.map(([, [length]]) => length));
    return entries.map(([name, expected]) => {
      const got = ours[part]?.[name];
      return [`${part} ${name}`, got === undefined ? Number.POSITIVE_INFINITY : distanceTold(got, expected, longest)];
    });
  };
  return new Map([
    ["loss", distance([ours.loss], [theirs.loss])],
    ...Object.entries(theirs.outputs).map(([name, y]): [string, number] => [
      `outputs ${name}`,
      distance((ours.outputs[name] ?? []).flat(), y.flat()),
    ]),
    ...toldOf("gradients"),
    ...toldOf("running"),
  ]);
}

/** What differs from PyTorch's result by more than it should, in words. */
export const differences = (ours: Result, theirs: Result, tolerance = TOLERANCE): string[] =>
  [...distances(ours, theirs)].filter(([, apart]) => !(apart <= tolerance)).map(([part, apart]) => `${part}: ${apart}`);
