/** What `fovea bench` has to say while it measures. With `--json`, all but `work` become a line each. */
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
      /** Whom ratios compare with everybody else. */
      readonly lead?: string;
    }
  /** It begins. */
  | { readonly event: "work"; readonly work: string }
  | ({ readonly event: "figure" } & Figure)
  /** Without `work`: somebody takes part in nothing. */
  | { readonly event: "absent"; readonly by: string; readonly work?: string; readonly reason: string };

export type SectionEvent = Extract<BenchEvent, { event: "section" }>;
export type AbsentEvent = Extract<BenchEvent, { event: "absent" }>;

export const asEvent = (figure: Figure): BenchEvent => ({ event: "figure", ...figure });
