/** Where all of a program lies: what stays beside what other programs have left, and what comes and goes around it. */
import type { NdArray } from "../../../array/index.ts";
import type { Graph, Variable } from "../../../graph/index.ts";
import type { Buffer } from "../loops/index.ts";
import type { Step } from "../lower/context/index.ts";
import type { Lowered } from "../lower/index.ts";
import { type Backend, type MemoryPlan, planMemory } from "../step/index.ts";
import { type Computation, computationsOf } from "./computations.ts";
import { emitGroup, grouped, type Placed, type Source } from "./groups.ts";
import { invariantSteps } from "./invariant.ts";
import { type Layout, LayoutDraft } from "./layout.ts";
import { lifetimesWithin } from "./lifetimes.ts";

/** A leaf that stays in memory. */
export interface ResidentLeaf extends Placed {
  /** What it holds, in words. */
  readonly key: string;
  readonly source: Source;
}

/** What must be in memory when a program runs. */
export interface Resident {
  readonly leaves: readonly ResidentLeaf[];
  /** The groups of the layout that prepare what it reads. */
  readonly groups: readonly number[];
  readonly layout: Layout;
}

export interface LaidOut extends Resident {
  /** The steps of every run. */
  readonly steps: readonly Step[];
  readonly memory: MemoryPlan;
  /** How many kernels run once. */
  readonly prepared: number;
}

export interface LayOutOptions {
  readonly backend: Backend;
  /** What lies in the memory already. */
  readonly before: Layout;
  /** The variables of all programs over the memory. */
  readonly variables: readonly Variable[];
  /** A constant's value as text that is equal for equal ones. */
  readonly describe: (value: NdArray) => string;
}

export function layOut(graph: Graph, lowered: Lowered, options: LayOutOptions): LaidOut {
  const { backend, before } = options;
  const sources = sourcesOf(lowered, options.variables);
  const keyOf = (buffer: Buffer): string | undefined => keyOfSource(sources.get(buffer), options);
  const invariant = invariantSteps(graph, lowered);
  const steps = lowered.steps.filter((step) => !invariant.has(step));
  const used = usedBy(steps, graph, lowered);
  const draft = new LayoutDraft(before);
  const resident = new Map<Buffer, number>();
  const leaves = [...sources].flatMap(([buffer, source]): ResidentLeaf[] => {
    if (!used.has(buffer)) return [];
    const key = keyOf(buffer)!;
    const address = draft.place(key, buffer);
    resident.set(buffer, address);
    return [{ key, source, buffer, address }];
  });
  const computations = computationsOf([...invariant], keyOf, (buffer) => used.has(buffer));
  for (const { key, results } of computations)
    for (const [i, buffer] of results.entries()) resident.set(buffer, draft.place(`${key} ${i}`, buffer));
  const inputs = graph.inputs.flatMap(({ node }) => lowered.leaves.get(node) ?? []);
  const outputs = lowered.outputs.map(({ buffer }) => buffer);
  const lifetimes = lifetimesWithin(steps, inputs, outputs, lowered.places, resident);
  const scratch = planMemory(lifetimes, backend.start, undefined, draft.taken);
  const addresses = new Map([...resident, ...scratch.addresses]);
  for (const [buffer, other] of lowered.places) addresses.set(buffer, addresses.get(other)!);
  const groups = prepare(computations, {
    sources,
    resident,
    draft,
    backend,
    capacity: bytesBetween(draft, scratch.bytes, backend.start),
  });
  const bytes = Math.max(scratch.bytes, ...draft.groups.map((group) => group.bytes));
  return {
    steps,
    memory: { addresses, bytes: scratch.bytes },
    leaves,
    groups,
    prepared: invariant.size,
    layout: draft.finish(bytes),
  };
}

/** What each variable and constant of a program is. */
function sourcesOf({ leaves, variables }: Lowered, all: readonly Variable[]): Map<Buffer, Source> {
  const numbers = new Map(all.map((variable, i) => [variable, i]));
  const sources = new Map<Buffer, Source>();
  for (const [node, buffer] of leaves) if (node.kind === "constant") sources.set(buffer, node.value);
  for (const [variable, buffer] of variables) sources.set(buffer, numbers.get(variable)!);
  return sources;
}

function keyOfSource(source: Source | undefined, { describe }: LayOutOptions): string | undefined {
  if (source === undefined) return undefined;
  return typeof source === "number" ? `variable ${source}` : `constant ${describe(source)}`;
}

/** The buffers that are used in every run, or whose values are taken from memory afterwards. */
function usedBy(steps: readonly Step[], graph: Graph, { variables, outputs }: Lowered): Set<Buffer> {
  return new Set([
    ...steps.flatMap(({ reads, writes }) => [...reads, ...writes]),
    ...outputs.map(({ buffer }) => buffer),
    ...graph.assignments.flatMap(({ variable }) => variables.get(variable) ?? []),
  ]);
}

/** How much of a memory is not taken. */
const bytesBetween = ({ taken }: LayoutDraft, end: number, start: number): number =>
  taken.reduce((bytes, extent) => bytes - (extent.end - extent.address), end - start);

interface Preparing {
  readonly sources: ReadonlyMap<Buffer, Source>;
  readonly resident: ReadonlyMap<Buffer, number>;
  readonly draft: LayoutDraft;
  readonly backend: Backend;
  readonly capacity: number;
}

/** @returns the numbers of the groups that prepare the computations: old ones, and new ones for what is new */
function prepare(computations: readonly Computation[], preparing: Preparing): number[] {
  const { sources, resident, draft, backend, capacity } = preparing;
  const isKnown = ({ key }: Computation): boolean => draft.groupOf(key) !== undefined;
  for (const group of grouped(
    computations.filter((computation) => !isKnown(computation)),
    sources,
    capacity,
  )) {
    const keys = group.map(({ key }) => key);
    draft.addGroup(emitGroup(group, sources, resident, draft, backend), keys);
  }
  return [...new Set(computations.map(({ key }) => draft.groupOf(key)!))];
}
