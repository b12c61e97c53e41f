/** Activation maps as pictures: what each channel of a layer says of each place (Zeiler and Fergus 2014; CMU 11-785). */
import { checkArray, formatShape, type NdArray, ShapeError } from "../../array/index.ts";
import { type BytePicture, type ColorScale, colorize, colorScales, valueScale } from "../../image/index.ts";
import { optional, readOptions, withDefault, word } from "../../options/index.ts";

/** Options of `mapPictures`. */
export interface MapPictureOptions {
  /**
   * `shared`: one scale for all maps, so that weak ones look weak; `each`: the whole scale for each map, so that weak ones can be
   * seen. Default `shared`.
   */
  readonly scale?: "shared" | "each" | undefined;
  /** The colors. Default: `diverging` if a value is negative, else `sequential`. */
  readonly colors?: ColorScale | undefined;
}

const schema = {
  scale: withDefault(word("shared", "each"), "shared"),
  colors: optional(word<ColorScale>(...colorScales)),
};

/**
 * The maps of one sample as pictures, one for each channel. NaN is magenta.
 *
 * Where it misleads: with a scale for each map, noise looks like a finding; and a map that resembles the object does not have to
 * matter for the answer.
 * @param maps [channels, height, width] or [1, channels, height, width]; maps of one axis become rows, numbers become pixels
 * @throws ShapeError for other shapes, OptionError for invalid options
 */
export function mapPictures(maps: NdArray, options: MapPictureOptions = {}): BytePicture[] {
  checkArray("mapPictures", "the maps", maps);
  const { scale, colors } = readOptions("mapPictures", schema, options);
  const { shape } = maps;
  const [channels, height, width] = planesIn(shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape);
  const planes = maps.reshape([channels, height, width]);
  const shared = valueScale(maps.data, { scale: colors });
  return Array.from({ length: channels }, (_, c) => {
    const plane = planes.row(c);
    return colorize(plane, scale === "shared" ? shared : valueScale(plane.data, { scale: colors }));
  });
}

/** @throws ShapeError unless there are maps of at most two axes */
function planesIn(shape: readonly number[]): readonly [number, number, number] {
  const [channels, height = 1, width = 1, ...rest] = shape.length === 2 ? [shape[0], 1, shape[1]] : shape;
  if (rest.length === 0 && channels * height * width > 0) return [channels, height, width];
  throw new ShapeError(
    `mapPictures: expects the maps of one sample, [channels,height,width], got ${formatShape(shape)}; take row(i) of a batch`,
  );
}
