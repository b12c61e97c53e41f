/** The events of `fovea bench`. With `--json`, each but `work` is printed as a line. */
import type { Figure } from "./figures.ts";
import type { Machine } from "./machine.ts";
import type { Section } from "./sections.ts";

export type BenchEvent =
  | { readonly event: "machine"; readonly machine: Machine; readonly peers: readonly string[] }
  | {
      readonly event: "section";
      readonly title: string;
      readonly unit: Section["unit"];
      /** What shares are of. */
      readonly reference?: Section["reference"];
      /** The engine that ratios compare with the others. */
      readonly lead?: string;
    }
  /** A job begins. */
  | { readonly event: "work"; readonly work: string }
  | ({ readonly event: "figure" } & Figure)
  /** Without `work`: a contestant takes part in no job. */
  | { readonly event: "absent"; readonly by: string; readonly work?: string; readonly reason: string };

export type SectionEvent = Extract<BenchEvent, { event: "section" }>;
export type AbsentEvent = Extract<BenchEvent, { event: "absent" }>;

export const asEvent = (figure: Figure): BenchEvent => ({ event: "figure", ...figure });
