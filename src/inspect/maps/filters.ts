/**
 * Filters as pictures. First layers see colors, so their filters are colors; what a filter deeper in a network looks for has no
 * color, and is shown by how strongly it is connected with each input channel,
 *
 *   ‖w_{f, c}‖ = √ Σ_p w_{f, c, p}²        (p over the positions of the kernel)
 *
 * Source: Krizhevsky, Sutskever, Hinton 2012 (figure 3: the 96 filters of AlexNet's first layer); CMU 11-785.
 */
import { didYouMean, NdArray, OptionError, sizeOf } from "../../array/index.ts";
import { type BytePicture, colorize } from "../../image/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { optional, readOptions, text, withDefault, word } from "../../options/index.ts";

/** Options of `filterPictures`. */
export interface FilterOptions {
  /** The path of the layer. Default: the first one with filters. */
  readonly layer?: string | undefined;
  /** `each`: every filter uses the whole scale, as in Krizhevsky et al. 2012; `shared`: one scale. Default `each`. */
  readonly scale?: "each" | "shared" | undefined;
}

/** The filters of a layer, drawn. */
export interface FilterPictures {
  /** The path of the layer. */
  readonly layer: string;
  /** [filters, channels, …kernel]. */
  readonly weights: NdArray;
  /** `color` for three input channels, `gray` for one, `norms` for others. */
  readonly kind: "color" | "gray" | "norms";
  /** A picture of each filter; for `norms`, one picture: a row for each filter, a column for each input channel. */
  readonly pictures: readonly BytePicture[];
  /** The norm of each filter at each input channel, [filters, channels]. */
  readonly norms: NdArray;
}

const schema = { layer: optional(text()), scale: withDefault(word("each", "shared"), "each") };

/**
 * The filters of a convolution, or of a linear layer that sees a picture, as pictures. Gray is 0, brighter is positive.
 *
 * Where it misleads: only first layers have filters that can be looked at like this. A norm says how much a channel can matter,
 * and not whether it does, nor in which direction; batch normalization that follows scales filters once more.
 * @throws OptionError for a layer without filters, with those that have some
 */
export function filterPictures(model: Model, options: FilterOptions = {}): FilterPictures {
  checkModel("filterPictures", model);
  const { layer: asked, scale } = readOptions("filterPictures", schema, options);
  const { layer, weights } = filtersOf(model, asked);
  const [, channels] = weights.shape;
  const norms = normsOf(weights);
  if (channels !== 1 && channels !== 3)
    return { layer, weights, norms, kind: "norms", pictures: [colorize(norms, { scale: "sequential" })] };
  const most = largest(weights.data);
  const pictures = Array.from({ length: weights.shape[0] }, (_, f) => {
    const filter = weights.row(f);
    return filterPicture(filter, scale === "shared" ? most : largest(filter.data));
  });
  return { layer, weights, norms, kind: channels === 3 ? "color" : "gray", pictures };
}

/** The layers with filters and their weights, [filters, channels, height, width]. */
function filtersOf(model: Model, asked: string | undefined) {
  const found = model.variables.flatMap(({ name, trainable, value }) => {
    const weights = trainable && /(^|\.)weight$/.test(name) ? asFilters(model, value) : undefined;
    return weights === undefined ? [] : [{ layer: name.replace(/\.?weight$/, ""), weights }];
  });
  const names = found.map(({ layer }) => layer);
  const chosen = asked === undefined ? found[0] : found.find(({ layer }) => layer === asked);
  if (chosen !== undefined) return chosen;
  throw new OptionError(
    asked === undefined
      ? "filterPictures: the model has no convolution, and no linear layer that sees a picture"
      : `filterPictures: '${asked}' has no filters${didYouMean(asked, names)}`,
  );
}

/** Weights as filters over maps: of one axis as one row, of a linear layer as large as the picture. */
function asFilters({ input }: Model, weights: NdArray): NdArray | undefined {
  const { shape } = weights;
  if (shape.length === 4) return weights;
  if (shape.length === 3) return weights.reshape([shape[0], shape[1], 1, shape[2]]);
  const seesPicture = shape.length === 2 && input.length === 3 && input[0] !== 2 && shape[1] === sizeOf(input);
  return seesPicture ? weights.reshape([shape[0], ...input]) : undefined;
}

const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
};

/** [channels, height, width] as gray or color: 0 is the middle, `most` is white. */
function filterPicture({ data, shape: [channels, height, width] }: NdArray, most: number): BytePicture {
  const pixels = new Uint8Array(data.length);
  const area = height * width;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++)
      pixels[i * channels + c] = Math.round(127.5 + 127.5 * (most > 0 ? data[c * area + i] / most : 0));
  return { width, height, channels: channels as 1 | 3, data: pixels };
}

function normsOf({ data, shape: [filters, channels, ...kernel] }: NdArray): NdArray {
  const area = sizeOf(kernel);
  const norms = Float32Array.from({ length: filters * channels }, (_, k) =>
    Math.hypot(...data.subarray(k * area, (k + 1) * area)),
  );
  return new NdArray(norms, [filters, channels], "f32");
}
