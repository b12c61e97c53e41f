/** The space of a layer: features of pictures on a plane, at one moment or at several, each aligned to the one before. */
import { NdArray } from "fovea";
import { pca, tsne, umap } from "fovea/inspect";
import type { Projection, SpaceCalls, SpaceFrame } from "../api/look.ts";
import { firstRows, picturesOf } from "../data/load-data.ts";
import { aligned } from "../looking/align.ts";
import { breath } from "../looking/breath.ts";
import { deskOf } from "../looking/desk.ts";
import { featuresAndAnswers } from "../looking/features.ts";
import { createPace } from "../looking/pace.ts";
import { stillOf } from "../looking/still.ts";
import type { OpenRun } from "../open-run.ts";

/** The share of the work of a frame that its features are, where a map follows. */
const FEATURES = 0.15;

/** Maps that take a while, and tell how far they are. */
const maps: Readonly<Record<Exclude<Projection, "pca">, (features: NdArray, options: MapOptions) => Promise<NdArray>>> =
  {
    tsne: async (features, options) => {
      const perplexity = Math.max(1, Math.min(30, Math.floor((features.shape[0] - 1) / 3)));
      return (await tsne(features, { perplexity, ...options })).positions;
    },
    umap: async (features, options) => umap(features, { neighbors: Math.min(15, features.shape[0]), ...options }),
  };

interface MapOptions {
  readonly engine: OpenRun["engine"];
  readonly onProgress: (done: number, total: number, positions: () => NdArray) => void;
}

export const spaceCalls = (current: () => OpenRun): SpaceCalls => ({
  partPictures: async (part, count) => {
    const data = current().parts[part];
    return picturesOf(data, firstRows(data, count));
  },
  space: (path, { part, count, projection, moments }, onPart) => {
    const run = current();
    return deskOf(run).work(async (check) => {
      const still = stillOf(run, "space");
      const isDue = createPace();
      const data = run.parts[part];
      const frames = moments === "present" ? [undefined] : moments;
      let before: Float32Array | undefined;
      for (const [frame, wanted] of frames.entries()) {
        const shareOf = (own: number): number => (frame + own) / frames.length;
        const moment = await still.take(wanted);
        const report = async (
          share: number,
          rest: Pick<SpaceFrame, "projection" | "shares" | "isFinal">,
          found: NdArray,
        ) => {
          const data = before === undefined ? Float32Array.from(found.data) : aligned(found.data, before);
          await onPart({ frame, moment, answers, positions: { data, shape: found.shape }, ...rest }, shareOf(share));
          return data;
        };
        const { features, answers } = await featuresAndAnswers(still, data, path, count, async () => {
          await breath();
          check();
        });
        const components = Math.min(2, ...features.shape);
        const { coordinates, shares } = await pca(features, { components, engine: run.engine });
        const plane = components === 2 ? coordinates : besideZeros(coordinates);
        check();
        if (projection === "pca") {
          before = await report(1, { projection, shares, isFinal: true }, plane);
          continue;
        }
        await report(FEATURES, { projection: "pca", shares, isFinal: false }, plane);
        const positions = await maps[projection](features, {
          engine: run.engine,
          onProgress: (done, total, soFar) => {
            check();
            const share = FEATURES + ((1 - FEATURES) * done) / total;
            if (done < total && isDue()) void report(share, { projection, shares: undefined, isFinal: false }, soFar());
          },
        });
        before = await report(1, { projection, shares: undefined, isFinal: true }, positions);
      }
    });
  },
});

/** Positions on a line, [n, 1], as ones on a plane. */
const besideZeros = ({ data, shape: [n] }: NdArray): NdArray =>
  new NdArray(
    Float32Array.from({ length: 2 * n }, (_, at) => (at % 2 === 0 ? data[at / 2] : 0)),
    [n, 2],
    "f32",
  );
