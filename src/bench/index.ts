/** The benchmark: `runBench` gives its figures as a stream of events, and the caller decides how to show them. */
export {
  type AbsentEvent,
  asEvent,
  type BenchEvent,
  type SectionEvent,
} from "./events.ts";
export type { Figure } from "./figures.ts";
export { type Machine, machineLine } from "./machine.ts";
export { threadsText } from "./players.ts";
export { type BenchOptions, runBench } from "./run.ts";
export { type Topic, topics } from "./sections.ts";
export { geometricMean } from "./statistics.ts";
