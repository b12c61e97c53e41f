/** `fovea look field`: what a unit can see of a picture, and what it does see. */
import { Option } from "commander";
import type { NdArray } from "../../array/index.ts";
import { type BytePicture, drawLine, overlay, type Picture, toBytes, toRgb } from "../../image/index.ts";
import { type Box, effectiveField, type ReceptiveFields, receptiveFields } from "../../inspect/index.ts";
import { wholeNumber } from "../options.ts";
import { indices } from "./indices.ts";
import type { Look, LookPicture } from "./look.ts";

interface Flags {
  readonly layer: readonly string[];
  readonly unit?: readonly number[];
  readonly samples: number;
  readonly seed?: number;
}

const collect = (path: string, before: readonly string[] = []): readonly string[] => [...before, path];

export const field: Look<Flags> = {
  name: "field",
  summary: "the receptive field of a unit: what it can see, and what it does see",
  description:
    "Draws the theoretical field of a unit as a box on the picture, and its effective field (Luo et al. 2016) in color: the " +
    "derivatives of the unit by the pixels, on average over random inputs and the picture.",
  examples: [
    "squeezenet1_1 photo.jpg --layer features.3 --layer features.9 -o field.png",
    "runs/lenet5-digits digit.png --layer 3 --unit 2,5,5 -o field.png",
  ],
  pictures: "optional",
  seed: true,
  options: [
    new Option("--layer <path>", "the layer of the unit; may be given several times")
      .argParser(collect)
      .makeOptionMandatory(),
    new Option(
      "--unit <index>",
      "channel, row, column; channel -1 for the sum of all (default: -1 and the middle)",
    ).argParser(indices),
    new Option("--samples <n>", "random inputs to average over, where there is no picture")
      .argParser(wholeNumber(1))
      .default(16),
  ],
  look: async ({ model, pictures, flags: { layer: layers, unit, samples, seed }, engine }) => {
    const fields = receptiveFields(model);
    const [shown] = pictures;
    const found = [];
    for (const path of layers) {
      const given = shown === undefined ? { samples, seed } : { inputs: shown.input };
      const { map, area, box } = await effectiveField(model, path, { unit, engine, ...given });
      found.push({ path, ...theoretical(fields, path, unit), effective: { map, area, box } });
    }
    return {
      lines: found.map(describe),
      numbers: { input: fields.input, layers: found },
      drawing:
        fields.spatial.length === 2
          ? {
              cells: found.map((one) => ({ picture: drawn(shown, one), caption: captionOf(one) })),
              grid: { columns: found.length },
            }
          : undefined,
    };
  },
};

function theoretical(fields: ReceptiveFields, path: string, unit: readonly number[] | undefined) {
  const { size, jump, shape, fieldOf } = fields.of(path);
  const middle = shape.map((n, axis) => (axis === 0 ? 0 : Math.floor(n / 2)));
  const { open, inside } = fieldOf(unit === undefined ? middle : unit.map((at) => Math.max(0, at)));
  return { size, jump, open, inside };
}

type FoundLayer = ReturnType<typeof theoretical> & {
  readonly path: string;
  readonly effective: { readonly map: NdArray; readonly area: number; readonly box: Box | undefined };
};

const captionOf = ({ path, size, effective }: FoundLayer): string =>
  `${path} ${size?.join("×") ?? "all"}, ${effective.area} px`;

const boxText = (box: Box | undefined): string =>
  box === undefined ? "nothing" : box.first.map((first, axis) => `${first}…${box.last[axis]}`).join(" × ");

const describe = ({ path, size, jump, open, inside, effective }: FoundLayer): string =>
  `${path}: ${size ? `${size.join(" × ")} pixels` : "no single size"}, ${jump ? `${jump.join(" × ")} apart` : "no single distance"}; ` +
  `this unit ${boxText(open)}, inside ${boxText(inside)}, effective ${effective.area} pixels in ${boxText(effective.box)}`;

/** The strongest derivative is far above the rest: its root shows both. */
function drawn(shown: LookPicture | undefined, { inside, effective: { map } }: FoundLayer): BytePicture {
  const [height, width] = map.shape;
  const gray: Picture = { width, height, channels: 1, data: new Uint8Array(width * height).fill(200) };
  const roots = map.copy();
  roots.data.set(map.data.map(Math.sqrt));
  const picture = toRgb(toBytes(overlay(shown?.picture ?? gray, roots, { scale: "sequential" })));
  if (inside !== undefined) outline(picture, inside);
  return picture;
}

const OUTLINE = [255, 40, 40];

function outline(picture: BytePicture, { first: [top, left], last: [bottom, right] }: Box): void {
  const corners = [[left, top], [right, top], [right, bottom], [left, bottom]]; // biome-ignore format: in a circle
  corners.forEach(([x, y], i) => {
    const [toX, toY] = corners[(i + 1) % 4];
    drawLine(picture, { x, y }, { x: toX, y: toY }, OUTLINE);
  });
}
