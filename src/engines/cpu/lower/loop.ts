/**
 * Loops over time. The body is lowered once, to kernels that are repeated; where they are in the sequences stands in a buffer
 * of one number, the position. An iteration copies its elements from the sequences, computes, copies its results to where they
 * are stacked, brings the states up to date, and moves the position on.
 *
 * What is the same in every iteration, such as weights that are packed into tiles, is done before the first.
 */
import type { Graph, OpNode } from "../../../graph/index.ts";
import {
  type Given,
  givenOf,
  type LoopAttributes,
  type LoopParts,
  loopAttributes,
  stepOf,
} from "../../../ops/index.ts";
import { readOptions } from "../../../options/index.ts";
import { apply, at, type Buffer, integer, type Repeat } from "../loops/index.ts";
import { copyInto, type LoweringContext, type Step, unaffected, type View } from "./context/index.ts";
import { copyRow } from "./copy-row.ts";
import { placeUpdates } from "./in-place.ts";

/**
 * @param lowerGraph lowers the nodes of a body, whose inputs have their places
 * @returns buffers that lie where a state lies
 */
export function lowerLoop(
  context: LoweringContext,
  node: OpNode,
  lowerGraph: (body: Graph) => ReadonlyMap<Buffer, Buffer>,
): ReadonlyMap<Buffer, Buffer> {
  const attributes = readOptions("loop", loopAttributes, node.attributes);
  const step = stepOf(attributes);
  const given = givenOf(
    attributes,
    node.inputs.map((input) => context.view(input)),
  );
  const states = step.states.map((state, k) => {
    const view = context.output(state);
    copyInto(context, given.states[k], view);
    context.vary(view.buffer);
    return view;
  });
  const stacked = node.outputs.slice(states.length).map((output) => context.output(output));
  const places =
    attributes.steps === 0
      ? NO_PLACES
      : lowerSteps(context, { ...attributes, step, given, states, stacked }, lowerGraph);
  // Not the states themselves: copies that have been made of those are of older values.
  for (const [k, view] of states.entries()) copyInto(context, view, context.output(node.outputs[k]));
  return places;
}

const NO_PLACES: ReadonlyMap<Buffer, Buffer> = new Map();

interface LoopViews extends Pick<LoopAttributes, "steps" | "reverse" | "body"> {
  readonly step: LoopParts;
  readonly given: Given<View>;
  readonly states: readonly View[];
  readonly stacked: readonly View[];
}

function lowerSteps(
  context: LoweringContext,
  { steps, reverse, body, step, given, states, stacked }: LoopViews,
  lowerGraph: (body: Graph) => ReadonlyMap<Buffer, Buffer>,
): ReadonlyMap<Buffer, Buffer> {
  const position = context.output(step.position);
  context.emit("begin", [], [position.buffer], (b) =>
    b.store(position.buffer, at(0), integer(reverse ? steps - 1 : 0)),
  );
  context.vary(position.buffer);
  const begin = context.steps.length;
  step.captured.forEach((inner, k) => void context.bind(inner, given.captured[k]));
  const elements = step.sequences.map((element, k) => {
    const view = context.output(element);
    copyRow(context, position, given.sequences[k], view, "from");
    return view;
  });
  // Results that are there at the beginning are copied before states change.
  const isGiven = (k: number): boolean => body.graph.inputs.includes(step.results[k]);
  const keep = (k: number): void => copyRow(context, position, context.view(step.results[k]), stacked[k], "to");
  stacked.forEach((_, k) => void (isGiven(k) && keep(k)));
  const inside = lowerGraph(body.graph);
  stacked.forEach((_, k) => void (isGiven(k) || keep(k)));
  const held = new Set([...states, position].map(({ buffer }) => buffer));
  const updates = step.next.flatMap((tensor, k) => {
    if (tensor === step.states[k]) return [];
    const view = context.view(tensor);
    return [{ variable: states[k].buffer, state: states[k], next: held.has(view.buffer) ? context.copy(view) : view }];
  });
  const varying = new Set([...held, ...elements.map(({ buffer }) => buffer)]);
  const repeated = moveOut(context, begin, varying);
  const around = [...stacked, ...given.states, ...given.sequences, ...given.captured].map(({ buffer }) => buffer);
  const places = placeUpdates(repeated, updates, new Set([...varying, ...around, ...inside.values()]));
  const last = context.steps.length;
  for (const { state, next } of updates) if (places.get(next.buffer) !== state.buffer) copyInto(context, next, state);
  context.emit("next", [position.buffer], [position.buffer], (b) =>
    b.store(position.buffer, at(0), apply("add", b.load(position.buffer, at(0)), integer(reverse ? -1 : 1))),
  );
  const by: Repeat = { count: steps };
  for (const one of [...repeated, ...context.steps.splice(last)])
    context.steps.push({ ...one, writes: withPlaces(one.writes, places), within: [by, ...(one.within ?? [])] });
  return new Map([...inside, ...places]);
}

/** Buffers, and those where they lie: what writes the next value of a state writes the state. */
const withPlaces = (buffers: readonly Buffer[], places: ReadonlyMap<Buffer, Buffer>): Buffer[] =>
  buffers.flatMap((buffer) => [buffer, ...(places.has(buffer) ? [places.get(buffer)!] : [])]);

/** Takes the steps from one on out of a context, but leaves in those that do the same in every iteration. */
function moveOut(context: LoweringContext, begin: number, varying: ReadonlySet<Buffer>): Step[] {
  const steps = context.steps.splice(begin);
  const once = unaffected(steps, varying);
  context.steps.push(...steps.filter((step) => once.has(step)));
  return steps.filter((step) => !once.has(step));
}
