/**
 * One configuration on every target: each of its kernels keeps the rules of the loop language, so that no element outside of
 * a buffer is read or written. A thorough check makes code of it too; where that takes little time it runs and is compared
 * with the interpreter, and longer programs with themselves on two threads.
 */
import type { NdArray } from "../../src/array/index.ts";
import { type CpuOptions, createWasmEngine, createX64Engine } from "../../src/engines/cpu/index.ts";
import { checkKernel } from "../../src/engines/cpu/loops/index.ts";
import type { LoweringOptions } from "../../src/engines/cpu/lower/context/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { workOf } from "../../src/engines/cpu/step/index.ts";
import { hasRelaxedSimd, wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { avx2, avx512 } from "../../src/engines/cpu/x64/code/index.ts";
import { findX64Support } from "../../src/engines/cpu/x64/index.ts";
import { createInterpreter, type Engine } from "../../src/engines/index.ts";
import type { Graph } from "../../src/graph/index.ts";
import { expand, optimize } from "../../src/passes/index.ts";
import { compare } from "../../src/testing/index.ts";
import type { Configuration } from "./configuration.ts";
import { graphOf, valuesFor } from "./graphs.ts";

/**
 * Of the largest result. Sums of whole numbers are exact up to 2²⁴; those of products of long sums are rounded in another
 * order, and Winograd's algorithm loses up to three digits.
 */
export const TOLERANCE = 5e-5;

export interface Target {
  readonly name: string;
  readonly options: Omit<LoweringOptions, keyof Variant>;
  /** What makes its engine; `undefined` where the machine has none, and its kernels are only checked. */
  readonly create: ((options: CpuOptions) => Engine) | undefined;
}

const machineCode = (target: typeof avx2): Target => ({
  name: `x64 ${target.name}`,
  options: target,
  create: findX64Support(target.name).found
    ? (options) => createX64Engine({ ...options, instructions: target.name })
    : undefined,
});

export const targets: readonly Target[] = [
  { name: "wasm", options: wasmTarget(false), create: (options) => createWasmEngine({ ...options, relaxed: false }) },
  {
    name: "wasm fused",
    options: wasmTarget(true),
    create: hasRelaxedSimd() ? (options) => createWasmEngine({ ...options, relaxed: true }) : undefined,
  },
  machineCode(avx2),
  machineCode(avx512),
];

export type Variant = Required<Pick<LoweringOptions, "samplesInnermost" | "winograd">>;

export interface Failure {
  readonly target: string;
  readonly variant: Variant;
  readonly message: string;
}

/** What was done on a target: variants checked, programs compiled, compared with the interpreter, and with two threads. */
export interface Count {
  checked: number;
  compiled: number;
  compared: number;
  divided: number;
}

export interface Report {
  readonly failures: readonly Failure[];
  readonly counts: ReadonlyMap<string, Count>;
}

export interface CheckOptions {
  /** Which of the variants is checked, or runs; and for which target code is made where nothing runs. */
  readonly turn: number;
  /** Whether all variants are checked, and code is made and run. Default false. */
  readonly thorough?: boolean;
  /** Whether longer programs run too, on one thread and on two. Default false. */
  readonly divided?: boolean;
}

/** Statements, roughly: as many as the interpreter needs some ten milliseconds for, and as steps on several threads have. */
const SHORT = 150_000;
const LONG = { least: 3_000_000, most: 12_000_000 };

const hasMaps = (configuration: Configuration): configuration is Exclude<Configuration, { kind: "matmul" }> =>
  configuration.kind !== "matmul";

/** The layouts and algorithms in which a configuration may be compiled. */
export function variantsOf(configuration: Configuration): Variant[] {
  const isWinograd = hasMaps(configuration) && "filters" in configuration && [configuration.kernel].flat()[0] === 3;
  const layouts = hasMaps(configuration) && configuration.samples > 1 ? [false, true] : [false];
  const algorithms = isWinograd ? [true, false] : [false];
  return algorithms.flatMap((winograd) => layouts.map((samplesInnermost) => ({ samplesInnermost, winograd })));
}

/** Winograd's algorithm makes whole tiles NaN, and signs and ties in a network may turn on its rounding. */
const isComparable = ({ winograd }: Variant, { kind, special }: Configuration): boolean =>
  !winograd || (!special && kind !== "network");

const engines = new Map<string, Engine>();

function engineFor({ name, create }: Target, options: CpuOptions): Engine | undefined {
  const key = `${name} ${JSON.stringify(options)}`;
  const engine = engines.get(key) ?? create?.(options);
  if (engine !== undefined) engines.set(key, engine);
  return engine;
}

/** Checks a configuration on all targets. What fails is reported, not thrown. */
export async function checkConfiguration(
  configuration: Configuration,
  { turn, thorough = false, divided = false }: CheckOptions,
): Promise<Report> {
  const failures: Failure[] = [];
  const counts = new Map<string, Count>(
    targets.map(({ name }) => [name, { checked: 0, compiled: 0, compared: 0, divided: 0 }]),
  );
  const attempt = async <T>({ name }: Target, variant: Variant, run: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      failures.push({ target: name, variant, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };
  const graph = graphOf(configuration);
  const optimized = optimize(expand(graph));
  const all = variantsOf(configuration);
  const variant = all[turn % all.length];
  let expected: readonly NdArray[] | undefined;
  for (const [i, target] of targets.entries()) {
    const count = counts.get(target.name)!;
    const works = new Map<Variant, number>();
    for (const each of thorough ? all : [variant]) {
      const work = await attempt(target, each, () => checkedWork(optimized, { ...target.options, ...each }));
      if (work !== undefined) works.set(each, work);
      count.checked++;
    }
    const work = works.get(variant);
    if (!thorough || work === undefined) continue;
    const isShort = work <= SHORT && isComparable(variant, configuration);
    const engine = engineFor(target, { ...variant, threads: 1 });
    if (engine === undefined || (!isShort && i !== turn % targets.length)) continue;
    const program = await attempt(target, variant, () => engine.compile(graph));
    if (program === undefined) continue;
    count.compiled++;
    if (isShort) {
      const values = valuesFor(graph, configuration.special);
      expected ??= await createInterpreter().compile(graph).run(values);
      await attempt(target, variant, async () => compareAll(expected!, await program.run(values)));
      count.compared++;
    } else if (divided && work >= LONG.least && work <= LONG.most) {
      const values = valuesFor(graph, configuration.special);
      const together = await engineFor(target, { ...variant, threads: 2 })!.compile(graph);
      await attempt(target, variant, async () => {
        const alone = await program.run(values);
        // The first run may come before the other thread is up.
        for (let run = 0; run < 3; run++) compareExactly(alone, await together.run(values));
      });
      count.divided++;
    }
  }
  return { failures, counts };
}

/** Lowers, checks every kernel, and says how much there is to do. */
function checkedWork(graph: Graph, options: LoweringOptions): number {
  const { steps } = lower(graph, options);
  for (const { kernel } of steps) checkKernel(kernel, options);
  return steps.reduce((sum, { kernel }) => sum + workOf(kernel), 0);
}

function compareAll(expected: readonly NdArray[], actual: readonly NdArray[]): void {
  for (const [i, value] of expected.entries()) compare(value, actual[i], TOLERANCE, `result ${i}`);
}

/** The same numbers, bit by bit; which bits a NaN has is up to the host's compiler. */
function compareExactly(alone: readonly NdArray[], together: readonly NdArray[]): void {
  for (const [i, { data }] of alone.entries())
    if (!data.every((value, k) => Object.is(value, together[i].data[k])))
      throw new Error(`result ${i} is another one on two threads`);
}
