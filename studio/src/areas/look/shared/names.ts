/** Numbers and names as the area shows them. */
import type { LayerRow, Moment } from "../../../worker/api.ts";

/** Three digits that count; a true minus. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size === 0 ? "0" : size >= 1000 || size < 0.001 ? value.toExponential(1) : value.toPrecision(3);
  return text.replace("-", "−");
}

export const percent = (share: number): string => (100 * share).toFixed(1);

/** Thousands apart. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, "\u2009");

export const shapeText = (shape: readonly number[]): string => shape.join(" × ");

/** Epochs with the part of the next that is done. */
export const epochText = ({ epoch, step }: Moment, stepsPerEpoch: number): string =>
  step === 0 ? String(epoch) : (epoch + step / stepsPerEpoch).toFixed(2);

/** The layers that have units: those that give maps or numbers of floats, without the whole network. */
export const layersWithUnits = (layers: readonly LayerRow[]): readonly LayerRow[] =>
  layers.filter(({ path, output }) => path !== "" && (output.length === 1 || output.length === 3));

/** The layer, before one of these, whose unit is what a unit of it is computed from: for layers without weights. */
export function sourceOf(layers: readonly LayerRow[], path: string): LayerRow | undefined {
  const at = layers.findIndex((layer) => layer.path === path);
  const own = layers[at];
  if (own === undefined) return undefined;
  const before = layers.slice(0, at).findLast(({ parameters }) => parameters > 0);
  return before?.output[0] === own.output[0] ? before : undefined;
}
