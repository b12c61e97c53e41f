/** What it takes to run the cases of an op, and the three ways of running one: a layer, an optimizer, a training. */
import { CapabilityError, isFloat, NdArray, zeros } from "../../src/array/index.ts";
import { compile, type Engine } from "../../src/engines/index.ts";
import { type Graph, isOpNode, type Tensor, Variable } from "../../src/graph/index.ts";
import { type Layer, Model } from "../../src/nn/index.ts";
import { add, gradient } from "../../src/ops/index.ts";
import { minimize, type Optimizer } from "../../src/optim/index.ts";
import type { Schema, ValuesOf } from "../../src/options/index.ts";
import { ContractError, compare } from "../../src/testing/index.ts";
import type { Case, Tensors } from "./cases.ts";

/** A value that was computed; `within` is an absolute tolerance where the engine's own does not apply. */
export interface Result {
  readonly value: NdArray;
  readonly within?: number;
}

export type Role = "given" | "computed";

export interface Operation {
  /** The attributes it understands, and which values of them. */
  readonly attributes: Schema;
  /** What a tensor of that name is for: it goes in, or is compared with what comes out. */
  readonly role: (tensor: string) => Role | undefined;
  /** How many times the engine's tolerance is allowed, where rounding errors are made larger. Default 1. */
  readonly amplification?: number;
  /** What it computes, under the names of the tensors to compare with. */
  readonly run: (tensors: Tensors, attributes: never, engine: Engine) => Promise<ReadonlyMap<string, Result>>;
}

export interface Prepared {
  readonly operation: Operation;
  /** As its schema reads them. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Attributes that are remarks for people. */
const remarks = ["note"];

/** The attributes of a case as the operation reads them, or why the case cannot be run. */
export function prepare(
  { op, attrs, tensors }: Case,
  operations: Readonly<Record<string, Operation>>,
): Prepared | { readonly skip: string } {
  if (!Object.hasOwn(operations, op)) return { skip: `no op ${op} yet` };
  const operation = operations[op];
  const stranger = tensors.find((name) => operation.role(name) === undefined);
  if (stranger !== undefined) return { skip: `no tensor ${stranger} of ${op} yet` };
  const names = new Set([...Object.keys(operation.attributes), ...Object.keys(attrs)]);
  const attributes: Record<string, unknown> = {};
  for (const name of [...names].filter((name) => !remarks.includes(name))) {
    const kind = Object.hasOwn(operation.attributes, name) ? operation.attributes[name] : undefined;
    if (kind === undefined) return { skip: `no attribute ${name} of ${op} yet` };
    attributes[name] = Object.hasOwn(attrs, name) ? kind.read(attrs[name]) : (kind as { fallback?: unknown }).fallback;
    if (attributes[name] === undefined) return { skip: `no ${name} = ${JSON.stringify(attrs[name])} of ${op} yet` };
  }
  return { operation, attributes };
}

/** An engine that refuses graphs with ops that it lacks, so that such a case is skipped by name. */
export const refusing = (engine: Engine): Engine => ({
  ...engine,
  compile: (graph: Graph) => {
    const lacks = graph.nodes.filter(isOpNode).map(({ op }) => engine.lacks(op));
    const reason = lacks.find((why) => why !== undefined);
    if (reason !== undefined) throw new CapabilityError(`engine ${engine.name}: ${reason}`);
    return engine.compile(graph);
  },
});

/** Runs a case and compares everything that it expects. @throws ContractError at the first disagreement */
export async function checkCase(
  { operation, attributes }: Prepared,
  tensors: Tensors,
  { engine, tolerance }: { readonly engine: Engine; readonly tolerance: number },
): Promise<void> {
  const results = await operation.run(tensors, attributes as never, engine);
  for (const [name, expected] of tensors) {
    if (operation.role(name) === "given") continue;
    const result = results.get(name);
    if (result === undefined) throw new ContractError(`${name} was not computed`);
    const usual = tolerance * (operation.amplification ?? 1);
    const relative = result.within === undefined ? usual : result.within / scaleOf(expected);
    compare(expected, result.value, isFloat(expected.dtype) ? relative : 0, name);
  }
}

/** What `compare` multiplies its tolerance by. */
const scaleOf = ({ data }: NdArray): number => Array.from(data).reduce((most, x) => Math.max(most, Math.abs(x)), 1);

type Named<T> = Readonly<Record<string, T>>;

interface LayerRule<S extends Schema> {
  readonly attributes: S;
  /** The tensors that go in. Those that a case does not have are left out. */
  readonly inputs: readonly string[];
  /** The tensors that come out. Where a case has `grad_OUTPUT`, `grad_INPUT` is computed from it. */
  readonly outputs: readonly string[];
  readonly build: (inputs: Named<Tensor>, attributes: ValuesOf<S>) => Named<Tensor>;
  readonly amplification?: number;
}

const gradientOf = (name: string): string => `grad_${name}`;

/** Outputs, and the derivatives of the inputs from given derivatives of the outputs. */
export function layerCase<S extends Schema>({
  attributes,
  inputs,
  outputs,
  build,
  amplification,
}: LayerRule<S>): Operation {
  const roles = new Map<string, Role>([
    ...[...inputs, ...outputs.map(gradientOf)].map((name) => [name, "given"] as const),
    ...[...outputs, ...inputs.map(gradientOf)].map((name) => [name, "computed"] as const),
  ]);
  return {
    attributes,
    amplification,
    role: (name) => roles.get(name),
    run: async (tensors, values, engine) => {
      const present = (names: readonly string[]): string[] => names.filter((name) => tensors.has(name));
      const names = present([...inputs, ...outputs.map(gradientOf)]);
      const wanted = inputs.filter((name) => tensors.has(name) && tensors.has(gradientOf(name)));
      const given = names.map((name) => tensors.get(name)!);
      const step = compile(
        (...all) => {
          const symbols: Named<Tensor> = Object.fromEntries(names.map((name, i) => [name, all[i]]));
          const results = build(symbols, values);
          return { ...results, ...inputGradients(results, symbols, wanted) };
        },
        given,
        { engine },
      );
      return plain(await step(...given));
    },
  };
}

/** One input, one output, of which both derivatives are given. */
export const mapCase = <S extends Schema>(
  attributes: S,
  apply: (x: Tensor, values: ValuesOf<S>) => Tensor,
): Operation =>
  layerCase({
    attributes,
    inputs: ["x"],
    outputs: ["output0"],
    build: ({ x }, values) => ({ output0: apply(x, values) }),
  });

/** `grad_INPUT` for the wanted inputs, added up over all outputs of which `grad_OUTPUT` is among the symbols. */
function inputGradients(results: Named<Tensor>, symbols: Named<Tensor>, wanted: readonly string[]): Named<Tensor> {
  const sums: Record<string, Tensor> = {};
  for (const [output, result] of Object.entries(results)) {
    const outputGradient = symbols[gradientOf(output)];
    if (outputGradient === undefined) continue;
    const inputs = wanted.map((name) => symbols[name]);
    gradient(result, inputs, { outputGradient }).forEach((part, i) => {
      const name = gradientOf(wanted[i]);
      sums[name] = name in sums ? add(sums[name], part) : part;
    });
  }
  return sums;
}

/** Results that are held to the engine's tolerance. */
const plain = (values: Named<NdArray>): Map<string, Result> =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value }]));

/** Roles by what stands before the first dot of a name. */
const roleByName =
  (roles: Named<Role>): Operation["role"] =>
  (name) =>
    new Map(Object.entries(roles)).get(name.split(".")[0]);

/** Arrays of one shape as the rows of one array. */
function stack(rows: readonly NdArray[]): NdArray {
  const all = zeros([rows.length, ...rows[0].shape], rows[0].dtype);
  rows.forEach((row, i) => void all.row(i).data.set(row.data));
  return all;
}

/** A parameter that follows a given sequence of gradients. */
export const optimizerCase = <S extends Schema>(
  attributes: S,
  create: (values: ValuesOf<S>) => Optimizer,
): Operation => ({
  attributes,
  role: roleByName({ param: "given", grads: "given", params_after: "computed" }),
  run: async (tensors, values, engine) => {
    const parameter = new Variable("param", tensors.get("param")!.copy());
    const optimizer = create(values);
    const step = compile((slope) => void optimizer.update([parameter], [slope]), [parameter], { engine });
    const after: NdArray[] = [];
    const slopes = tensors.get("grads")!;
    for (let i = 0; i < slopes.shape[0]; i++) {
      await step(slopes.row(i));
      after.push(parameter.value.copy());
    }
    return plain({ params_after: stack(after) });
  },
});

interface TrainingRule<S extends Schema> {
  readonly attributes: S;
  /** The network for the given starting values of its variables, found by their paths. */
  readonly network: (initial: (path: string) => NdArray) => Layer;
  readonly optimizer: (values: ValuesOf<S>) => Optimizer;
  readonly loss: (values: ValuesOf<S>) => (y: Tensor, target: Tensor) => Tensor;
  readonly lossWithin: number;
  readonly weightsWithin: number;
}

/** A network that is trained on given batches: the loss of every step and the final weights. */
export const trainingCase = <S extends Schema>(rule: TrainingRule<S>): Operation => ({
  attributes: rule.attributes,
  role: roleByName({ init: "given", x: "given", y: "given", losses: "computed", final: "computed" }),
  run: async (tensors, values, engine) => {
    const [x, y] = [tensors.get("x")!, tensors.get("y")!];
    const initial = (path: string): NdArray => tensors.get(`init.${path}`)!;
    const isGiven = ({ name }: Variable): boolean => tensors.has(`init.${name}`);
    const model = Model.build(rule.network(initial), { input: x.shape.slice(2) });
    for (const variable of model.variables.filter(isGiven)) variable.value = initial(variable.name).copy();
    const [optimizer, lossOf] = [rule.optimizer(values), rule.loss(values)];
    const step = compile(
      (images: Tensor, labels: Tensor) => {
        const loss = lossOf(model(images, { training: true }), labels);
        minimize(loss, optimizer);
        return { loss };
      },
      [x.row(0), y.row(0)],
      { engine },
    );
    const losses: number[] = [];
    for (let i = 0; i < x.shape[0]; i++) losses.push((await step(x.row(i), y.row(i))).loss.item());
    const curve = new NdArray(Float32Array.from(losses), [losses.length], "f32");
    const weights = model.variables.map(
      ({ name, value }) => [`final.${name}`, { value, within: rule.weightsWithin }] as const,
    );
    return new Map<string, Result>([["losses", { value: curve, within: rule.lossWithin }], ...weights]);
  },
});
