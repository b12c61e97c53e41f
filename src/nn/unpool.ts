/** Unpooling layers: they invert an earlier max pooling layer, to which they are linked by a name. */
import { ShapeError, shorten } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { maxUnpool } from "../ops/index.ts";
import { text } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { expectSpatial } from "./spatial.ts";

const defineUnpool = (rank: number) =>
  defineLayer({
    type: `maxUnpool${rank}d`,
    options: { of: text() },
    forward: ({ of }, x, scope) => {
      expectSpatial(`maxUnpool${rank}d`, rank, x);
      const { positions, input } = scope.recall(of);
      if (positions === undefined) {
        throw new ShapeError(
          `${located(`maxUnpool${rank}d`)}: '${shorten(of)}' is no pooling layer's, it holds no positions`,
        );
      }
      if (x.shape.some((n, i) => n !== positions.shape[i])) {
        throw new ShapeError(
          `${located(`maxUnpool${rank}d`)}: takes what has the shape of the maxima that '${shorten(of)}' remembers, ` +
            `[${positions.shape}], got ${formatType(x)}`,
        );
      }
      return maxUnpool(x, positions, input.shape.slice(2));
    },
  });

const [unpool1d, unpool2d, unpool3d] = [1, 2, 3].map(defineUnpool);

/** The factories, for the catalog. */
export const unpoolLayers = [unpool1d, unpool2d, unpool3d];

/** As `maxUnpool2d`, over [n, channels, length]. */
export const maxUnpool1d = (of: string): Layer => unpool1d({ of });
/**
 * Puts each element back where `maxPool2d(…, { remember: of })` found its maximum, in maps as large as that layer's input,
 * with zeros everywhere else: [n, c, h′, w′] to [n, c, h, w]. Its input must have the shape of that layer's output. A
 * position found by several windows gets the mean of their values. Source: Zeiler and Fergus 2014; Adelaide, "Pooling to
 * Unpooling".
 * @throws StateError if no earlier layer remembers positions under that name
 */
export const maxUnpool2d = (of: string): Layer => unpool2d({ of });
/** As `maxUnpool2d`, over [n, channels, depth, height, width]. */
export const maxUnpool3d = (of: string): Layer => unpool3d({ of });
