/** What can be saved: a name, what it is, and how it is made. */
import { toCsv } from "../../parts/export/csv.ts";
import { svgOf } from "../../parts/export/svg-of.ts";
import { run } from "../../state/run.svelte.ts";
import { texts } from "../../texts/index.ts";
import { confusionTable, epochTable, stepTable } from "./tables.ts";

export type Group = "model" | "drawing" | "numbers";

export interface TakenFile {
  readonly group: Group;
  readonly name: string;
  readonly what: string;
  readonly type: string;
  /** Whether it can be made now. */
  readonly isReady: boolean;
  readonly make: () => Promise<Uint8Array>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param views the drawings on the page that are saved as they stand */
export function filesOf(views: Readonly<Record<"network" | "curves", Element | undefined>>): readonly TakenFile[] {
  const { files } = texts.take;
  const { session, opened, curve, snapshot } = run;
  const drawing = (view: Element | undefined) => async () =>
    bytesOf(svgOf(view!.querySelector("svg")?.parentElement ?? view!).text);
  const hasSteps = curve.length > 0;
  return [
    {
      group: "model",
      ...files.safetensors,
      type: "application/octet-stream",
      isReady: true,
      make: () => session.modelBytes(),
    },
    { group: "model", ...files.onnx, type: "application/octet-stream", isReady: true, make: () => session.onnxBytes() },
    {
      group: "drawing",
      ...files.svg,
      type: "image/svg+xml",
      isReady: views.network !== undefined,
      make: drawing(views.network),
    },
    {
      group: "drawing",
      ...files.dot,
      type: "text/vnd.graphviz",
      isReady: true,
      make: async () => bytesOf(await session.networkDot()),
    },
    {
      group: "numbers",
      ...files.steps,
      type: "text/csv",
      isReady: hasSteps,
      make: async () => bytesOf(toCsv(stepTable(curve))),
    },
    {
      ...{ group: "numbers", ...files.epochs, type: "text/csv" },
      isReady: (snapshot?.epochs.length ?? 0) > 0,
      make: async () => bytesOf(toCsv(epochTable(snapshot!.epochs))),
    },
    {
      ...{ group: "numbers", ...files.confusion, type: "text/csv", isReady: true },
      make: async () =>
        bytesOf(toCsv(confusionTable((await session.answers(opened!.heldOutCount)).confusion, opened!.classes))),
    },
    {
      group: "numbers",
      ...files.curves,
      type: "image/svg+xml",
      isReady: hasSteps && views.curves !== undefined,
      make: drawing(views.curves),
    },
  ];
}
