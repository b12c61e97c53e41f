/**
 * Preparation, divided into computations that have nothing in common but what they read. Each is described by its kernels, so
 * that programs recognize what another one has prepared already.
 */
import { type Buffer, printKernel } from "../loops/index.ts";
import type { Step } from "../lower/context/index.ts";

/** Kernels, in order, that are connected by what they write. */
export interface Computation {
  readonly steps: readonly Step[];
  /** What is read of it afterwards. */
  readonly results: readonly Buffer[];
  /** Equal for computations that give equal results. */
  readonly key: string;
}

/**
 * @param nameOf names leaves, by what they hold; undefined for all other buffers
 * @param isRead whether a buffer is read later on
 */
export function computationsOf(
  steps: readonly Step[],
  nameOf: (buffer: Buffer) => string | undefined,
  isRead: (buffer: Buffer) => boolean,
): Computation[] {
  return connected(steps, (buffer) => nameOf(buffer) === undefined)
    .map((steps) => {
      const results = [...new Set(steps.flatMap(({ writes }) => writes))].filter(isRead);
      return { steps, results, key: describe(steps, results, nameOf) };
    })
    .filter(({ results }) => results.length > 0);
}

/** Steps in parts that share none of the buffers that count. */
function connected(steps: readonly Step[], counts: (buffer: Buffer) => boolean): Step[][] {
  const partOf = new Map<Buffer, Set<Step>>();
  const parts = new Set<Set<Step>>();
  for (const step of steps) {
    const buffers = [...step.reads, ...step.writes].filter(counts);
    const joined = new Set(
      [...new Set(buffers.flatMap((buffer) => partOf.get(buffer) ?? []))].flatMap((part) => [...part]),
    );
    for (const buffer of buffers) parts.delete(partOf.get(buffer)!);
    joined.add(step);
    parts.add(joined);
    for (const { reads, writes } of joined)
      for (const buffer of [...reads, ...writes].filter(counts)) partOf.set(buffer, joined);
  }
  const order = new Map(steps.map((step, i) => [step, i]));
  return [...parts].map((part) => [...part].sort((a, b) => order.get(a)! - order.get(b)!));
}

/** The kernels as text, without their names, and with other names for buffers: those of leaves, or numbers. */
function describe(
  steps: readonly Step[],
  results: readonly Buffer[],
  nameOf: (buffer: Buffer) => string | undefined,
): string {
  const names = new Map<string, string>();
  const add = (buffer: Buffer): void => {
    if (!names.has(buffer.name)) names.set(buffer.name, nameOf(buffer) ?? `b${names.size}`);
  };
  for (const { reads, writes } of steps) for (const buffer of [...reads, ...writes]) add(buffer);
  const numbers = new Map([...names].map(([name, other]) => [numberOf(name), other]));
  const texts = steps.map(({ kernel }) =>
    printKernel({ ...kernel, name: "" }).replace(/#\d+/g, (number) => `#${numbers.get(number) ?? number}`),
  );
  return [...texts, results.map(({ name }) => names.get(name))].join("\n");
}

/** Names of buffers end with numbers, each of which is given once. */
const numberOf = (name: string): string => name.slice(name.lastIndexOf("#"));
