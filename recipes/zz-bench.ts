import { NdArray, nn, openEngine, optim } from "fovea";
import { classes, dataset, tokens } from "fovea/data";
import { documentNetwork } from "fovea/models";
import { fit } from "fovea/train";

const engine = await openEngine(undefined, {});
const n = 64 * 6,
  V = 20000;
for (const [S, W, features, maps, kernel] of [
  [14, 32, 100, 100, 5],
  [14, 32, 50, 64, 5],
  [14, 32, 100, 64, 3],
] as const) {
  const x = new NdArray(
    Int32Array.from({ length: n * S * W }, (_, i) => ((i * 2654435761) >>> 7) % V),
    [n, S, W],
    "i32",
  );
  const data = dataset("x", {
    text: tokens(x),
    label: classes(
      new NdArray(
        Int32Array.from({ length: n }, (_, i) => i % 2),
        [n],
      ),
      ["a", "b"],
    ),
  });
  let last = performance.now();
  const times: number[] = [];
  await fit(documentNetwork({ words: V, classes: 2, features, maps, kernel, documentMaps: maps }), data, {
    epochs: 1,
    batch: 64,
    engine,
    optimizer: optim.adamW({ learningRate: 1e-3 }),
    onEvent: (e) => {
      if (e.type === "step") {
        times.push(performance.now() - last);
        last = performance.now();
      }
    },
  });
  console.log(S, W, features, maps, kernel, times.map((t) => t.toFixed(0)).join(" "));
}
