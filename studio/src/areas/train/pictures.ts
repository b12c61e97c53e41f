/** Pictures of the run, and how they are dragged to a class. */
import type { LabeledPart } from "../../worker/changes.ts";

/** A picture by its place in the data. */
export interface PictureOf {
  readonly part: LabeledPart;
  readonly row: number;
}

const TYPE = "application/x-fovea-picture";

export function drag(event: DragEvent, { part, row }: PictureOf): void {
  event.dataTransfer?.setData(TYPE, JSON.stringify({ part, row }));
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
}

/** Whether a picture of the run is over the element, which may be dropped there then. */
export function isDragged(event: DragEvent): boolean {
  if (!event.dataTransfer?.types.includes(TYPE)) return false;
  event.preventDefault();
  return true;
}

export function dropped(event: DragEvent): PictureOf | undefined {
  const text = event.dataTransfer?.getData(TYPE) ?? "";
  if (text === "") return undefined;
  event.preventDefault();
  return JSON.parse(text) as PictureOf;
}
