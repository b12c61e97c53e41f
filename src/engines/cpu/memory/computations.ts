/**
 * Preparation, divided into computations that have nothing in common but what they read. Each is described by its kernels, so
 * that programs recognize what another one has prepared already.
 */
import { type Buffer, bufferOver, buffersOf, type Kernel, printKernel } from "../loops/index.ts";
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
  const names = new Map<Buffer, string>();
  const name = (buffer: Buffer): string => {
    let known = names.get(buffer);
    if (known === undefined) {
      known = nameOf(buffer) ?? `b${names.size}`;
      names.set(buffer, known);
    }
    return known;
  };
  for (const { reads, writes } of steps) for (const buffer of [...reads, ...writes]) name(buffer);
  const texts = steps.map(({ kernel }) => {
    const { parts, named } = textOf(kernel.body);
    const used = named.map((buffer) => name(bufferOver(kernel, buffer)));
    return parts.map((part, i) => (i % 2 === 0 ? part : used[Number(part)])).join("");
  });
  return [...texts, results.map(name)].join("\n");
}

/** A body as text; every other part is the number of a buffer that it names. */
interface BodyText {
  readonly parts: readonly string[];
  readonly named: readonly Buffer[];
}

/** No text of a kernel has it. */
const MARK = "\0";
const texts = new WeakMap<Kernel["body"], BodyText>();

/** Worked out once for a body that several kernels share. */
function textOf(body: Kernel["body"]): BodyText {
  let text = texts.get(body);
  if (text === undefined) {
    const named = buffersOf(body);
    const over = new Map(named.map((buffer, i) => [buffer, { ...buffer, name: `${MARK}${i}${MARK}` }]));
    text = { parts: printKernel({ name: "", body, over }).split(MARK), named };
    texts.set(body, text);
  }
  return text;
}
