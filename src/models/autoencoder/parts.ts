/** What autoencoders of pictures share: convolutions down to a code's features, and transposed ones back up. */
import * as nn from "../../nn/index.ts";
import { integer, integers, type Kind, type Schema, type ValuesOf, withDefault } from "../../options/index.ts";

/** Options of an autoencoder. */
export interface AutoencoderOptions {
  /** The pictures' height and width in pixels. */
  readonly size: readonly [height: number, width: number];
  /** The pictures' channels. Default 1. */
  readonly channels?: number | undefined;
  /** The numbers that a picture becomes. Default 32. */
  readonly code?: number | undefined;
  /** The maps of each level, each at half the size of the one before, the first at half of the picture's. Default 32, 64. */
  readonly maps?: readonly number[] | undefined;
  /** The units of the layer between maps and code, on both sides. Default 256. */
  readonly units?: number | undefined;
}

const sizeKind: Kind<readonly [height: number, width: number]> = {
  expects: "[height, width] in pixels, integers of at least 1",
  read: (value) => {
    const [height, width, ...rest] = integers(1).read(value) ?? [];
    return height === undefined || width === undefined || rest.length > 0 ? undefined : [height, width];
  },
};

/** The schema of `AutoencoderOptions`. */
export const autoencoderOptions = {
  size: sizeKind,
  channels: withDefault(integer(1), 1),
  code: withDefault(integer(1), 32),
  maps: withDefault(integers(1), [32, 64]),
  units: withDefault(integer(1), 256),
} satisfies Schema;

/** The options of an encoder and its decoder. */
export type AutoencoderParts = Omit<ValuesOf<typeof autoencoderOptions>, "code">;

const levelName = (i: number): string => `level${i + 1}`;

/** The encoder of an autoencoder of your own: pictures [n, channels, height, width] to features [n, units]. */
export const pictureEncoder = ({ maps, units }: Pick<AutoencoderParts, "maps" | "units">): nn.Layer =>
  nn.sequential({
    ...Object.fromEntries(
      maps.map((count, i) => [
        levelName(i),
        nn.sequential(
          nn.remember(levelName(i)),
          nn.conv2d(count, { kernel: 3, stride: 2, padding: 1, bias: false }),
          nn.batchNorm2d(),
          nn.relu(),
        ),
      ]),
    ),
    flatten: nn.flatten(),
    hidden: nn.linear(units),
    relu: nn.relu(),
  });

/**
 * The decoder of an autoencoder of your own: codes [n, code] to pictures [n, channels, height, width]. It doubles maps to the sizes
 * that those of a `pictureEncoder` with the same maps had, which comes before it in the network.
 */
export function pictureDecoder({ size, channels, maps, units }: AutoencoderParts): nn.Layer {
  const [height, width] = size.map((side) => maps.reduce((length) => Math.ceil(length / 2), side));
  const deepest = maps[maps.length - 1] ?? channels;
  const up = (i: number): nn.Layer => {
    const double = nn.convTranspose2d(maps[i - 1] ?? channels, {
      ...{ kernel: 3, stride: 2, padding: 1, sizeOf: levelName(i) },
    });
    return i === 0 ? double : nn.sequential(double, nn.batchNorm2d(), nn.relu());
  };
  return nn.sequential({
    hidden: nn.linear(units),
    relu: nn.relu(),
    grow: nn.linear(deepest * height * width),
    maps: nn.op("reshape", { shape: [-1, deepest, height, width] }),
    ...Object.fromEntries(maps.map((_, i) => [levelName(i), up(i)]).reverse()),
  });
}
