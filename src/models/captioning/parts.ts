/**
 * What the captioning networks share. Each is a network of two inputs, `image` [n, channels, height, width] and `sentence`,
 * `i32` [n, steps], with the output `scores` [n, steps, words]: at step t those of the word that follows word t. While it is
 * trained it sees the words of the reference (teacher forcing); sentences are written word by word (`createCaptioner` of
 * `fovea/train`).
 */
import { formatShape, OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import {
  integer,
  integers,
  optional,
  real,
  type Schema,
  type ValuesOf,
  withDefault,
  word,
} from "../../options/index.ts";
import { conv } from "../blocks.ts";

/** The options of every captioning network. */
export const captioningOptions = {
  picture: integers(1),
  words: integer(1),
  steps: withDefault(integer(2), 52),
  maps: optional(integers(1)),
  convolutions: withDefault(integer(1), 2),
  embedding: withDefault(integer(1), 64),
  units: withDefault(integer(1), 128),
  cell: withDefault(word("lstm", "gru"), "lstm" as const),
  layers: withDefault(integer(1), 1),
  dropout: withDefault(real(0, 1), 0.1),
} satisfies Schema;

/** The options as given, and the maps, which depend on the size of the pictures. */
export type CaptioningValues = ValuesOf<typeof captioningOptions> & { readonly maps: readonly number[] };

/** Options of every captioning network. */
export interface CaptioningOptions {
  /** The shape of the pictures, [channels, height, width]. */
  readonly picture: readonly number[];
  /** The number of words of the vocabulary. */
  readonly words: number;
  /** The length of the longest sentence, its marks included. Default 52. */
  readonly steps?: number | undefined;
  /**
   * The channels of the encoder's maps, the first of the size of the picture, each further one of half of it. The last is the
   * map that attention looks at. Default 16, 32, 64, … up to 256, until a side has at most 16 places.
   */
  readonly maps?: readonly number[] | undefined;
  /** The convolutions of each level after the first, which has one. Default 2. */
  readonly convolutions?: number | undefined;
  /** The size of a word's vector. Default 64. */
  readonly embedding?: number | undefined;
  /** The size of a state. Default 128. */
  readonly units?: number | undefined;
  /** The cell of the decoder. Default `lstm`. */
  readonly cell?: "lstm" | "gru" | undefined;
  /** The number of layers of the decoder. Default 1. */
  readonly layers?: number | undefined;
  /** The rate of dropout between layers while training. Default 0.1. */
  readonly dropout?: number | undefined;
}

const halved = (side: number): number => Math.floor(side / 2);

/** The longer side of the map that attention looks at, at most, and the most channels, by default. */
const [MAP_SIDE, MOST_CHANNELS] = [16, 256];

/** Maps until the sides are short enough, twice as many channels each time. */
function defaultMaps([, height, width]: readonly number[]): number[] {
  const maps = [16];
  for (let side = Math.max(height, width); side > MAP_SIDE; side = halved(side))
    maps.push(Math.min(MOST_CHANNELS, 2 * maps[maps.length - 1]));
  return maps;
}

/** The options, complete. @throws OptionError for pictures of another shape, or too small for the maps */
export function completed<V extends ValuesOf<typeof captioningOptions>>(where: string, values: V) {
  const { picture, maps = defaultMaps(picture) } = values;
  const least = 2 ** (maps.length - 1);
  const [, height, width] = picture;
  if (picture.length !== 3 || Math.min(height, width) < least)
    throw new OptionError(
      `${where}: picture must be [channels, height, width], with at least ${least} pixels along each side for ` +
        `${maps.length} maps, got ${formatShape(picture)}`,
    );
  return { ...values, maps };
}

/** The inputs of a captioning network. */
export const captioningInputs = ({ picture, words, steps }: CaptioningValues) => ({
  image: picture,
  sentence: nn.tokens(steps, { vocabulary: words }),
});

/** A 3×3 convolution that keeps the size, batch normalization and ReLU. */
const block = (maps: number): nn.Layer => nn.sequential(conv(maps), nn.batchNorm2d(), nn.relu());

/** Sides are halved as long as they are longer than this. */
const LAST_SIDE = 4;

/** The map of a picture: [n, channels, height, width] to [n, last of maps, height / 2^(maps − 1), …]. */
export function encoder({ maps, convolutions }: CaptioningValues): nn.Layer {
  const blocks = (count: number): nn.Layer[] => Array.from({ length: convolutions }, () => block(count));
  const levels = maps.map((count, i): [string, nn.Layer] => [
    `level${i + 1}`,
    i === 0 ? block(count) : nn.sequential(nn.maxPool2d(2), ...blocks(count)),
  ]);
  return nn.sequential(Object.fromEntries(levels));
}

/** The whole map as a vector [n, units]: it is halved by pooling and convolution until few places are left. */
export function wholePicture({ picture: [, height, width], maps, units, dropout }: CaptioningValues): nn.Layer {
  let side = Math.max(height, width);
  for (let i = 1; i < maps.length; i++) side = halved(side);
  const levels: nn.Layer[] = [];
  const channels = maps[maps.length - 1];
  for (; side > LAST_SIDE; side = halved(side)) levels.push(nn.sequential(nn.maxPool2d(2), block(channels)));
  return nn.sequential(...levels, nn.flatten(), nn.linear(units), nn.relu(), nn.dropout(dropout));
}

/** The number of places of the map. */
export function placesOf({ picture: [, height, width], maps }: CaptioningValues): number {
  const size = (side: number): number => maps.slice(1).reduce(halved, side);
  return size(height) * size(width);
}

/** The places of a map one after the other, row by row, [n, height · width, channels]. */
export const asPlaces = (map: nn.Place, values: CaptioningValues): nn.Place =>
  map.reshape([-1, values.maps[values.maps.length - 1], placesOf(values)]).transpose([0, 2, 1]);
