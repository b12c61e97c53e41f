/**
 * Sentences on pictures: built-in scenes of one object or two, `a small red circle left of a large blue square`. A ConvNet reads
 * the picture, an LSTM writes the sentence, once with attention over the ConvNet's map (Xu et al. 2015; Luong, Pham, Manning
 * 2015) and once from one vector (Vinyals et al. 2015).
 *
 * Of the test scenes it tells BLEU, CIDEr and how many sentences are exactly right, by greedy search and a beam of 5; and where
 * the network with attention looks when it names an object: the share of the weights that lies inside the object's mask,
 * the mean over all names of objects, beside the share of the picture that the objects cover. Attention is not told where
 * to look. The best epoch is that of the lowest perplexity on the validation scenes. The models are kept in
 * `runs/captions-NETWORK-SEED.safetensors`.
 *
 *   npm run recipe recipes/captions.ts
 *   npm run recipe recipes/captions.ts -- --choose         looks at the validation scenes in place of the test scenes
 */
import type { NdArray } from "fovea";
import { type nn, optim } from "fovea";
import { captionScenes, captionTokenizer, type Ragged } from "fovea/data";
import { attentionCaptioning, vectorCaptioning } from "fovea/models";
import { type Captioner, captioning, captionMetrics, createCaptioner, describeCaptions, fit } from "fovea/train";
import { percent, readSetting, reportEpochs } from "./support.ts";

const {
  epochs,
  network: wanted,
  seed,
  limit,
  engine,
  switches,
} = await readSetting({ epochs: 12 }, ["choose"], {
  network: ["both", "attention", "vector"] as const,
});

const tokenizer = captionTokenizer();
const count = (wanted: number): number => Math.min(limit, wanted);
const scenes = captionScenes({ train: count(20_000), validation: count(500), test: count(500) });
const tested = switches.has("choose") ? scenes.validation : scenes.test;
const images = tested.columns.image.values as NdArray;

const sizes = { picture: [3, 64, 64], words: tokenizer.size, steps: 16, cell: "lstm", dropout: 0 } as const;
/** Half the size of the picture: places of the map are smaller than objects, and see as much of them as the deeper one does. */
const fine = { maps: [16, 32], convolutions: 5 };
const networks = { attention: attentionCaptioning({ ...sizes, ...fine }), vector: vectorCaptioning(sizes) };

async function trained(name: keyof typeof networks): Promise<nn.Model> {
  const { model } = await fit(networks[name], scenes.train, {
    task: captioning(),
    validation: scenes.validation,
    ...{ epochs, batch: 32, seed, engine },
    optimizer: optim.adam({ learningRate: 2e-3, clipNorm: 1 }),
    schedule: optim.warmup(optim.cosine(), { epochs: 0.5 }),
    onEvent: reportEpochs(name),
  });
  await model.save(`runs/captions-${name}-${seed}.safetensors`);
  return model;
}

/** The row of a ragged column. */
const rowOf = (column: { readonly values: unknown }, row: number): readonly number[] => {
  const { values, offsets } = column.values as Ragged;
  return Array.from(values.data.subarray(offsets[row], offsets[row + 1]));
};

/** The sum of some weights [height, width], each spread evenly over its cell of a mask, where the mask has a class. */
function shareInside(weights: NdArray, mask: NdArray, label: number): number {
  const [down, across] = mask.shape.map((side, axis) => side / weights.shape[axis]);
  let inside = 0;
  for (let y = 0; y < mask.shape[0]; y++)
    for (let x = 0; x < mask.shape[1]; x++)
      if (mask.data[y * mask.shape[1] + x] === label)
        inside += weights.data[Math.floor(y / down) * weights.shape[1] + Math.floor(x / across)];
  return inside / (down * across);
}

/** How much of the attention lies on the object that a word names, and how much of the picture the object covers. */
async function lookedAt(captioner: Captioner): Promise<{ readonly share: number; readonly covered: number }> {
  const { sentence, names, instances } = tested.columns;
  const shares: number[] = [];
  const areas: number[] = [];
  for (let row = 0; row < images.shape[0]; row++) {
    const tokens = rowOf(sentence, row).slice(1, -1);
    const { weights } = await captioner.attention(images.row(row), { tokens });
    const mask = (instances.values as NdArray).row(row);
    for (const [step, object] of rowOf(names, row).slice(1).entries()) {
      if (object < 0) continue;
      shares.push(shareInside(weights.row(step), mask, object + 1));
      areas.push(mask.data.filter((label: number) => label === object + 1).length / mask.size);
    }
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { share: mean(shares), covered: mean(areas) };
}

for (const name of ["attention", "vector"] as const) {
  if (wanted !== "both" && wanted !== name) continue;
  const model = await trained(name);
  const references = Array.from({ length: images.shape[0] }, (_, row) =>
    tokenizer.decode(rowOf(tested.columns.sentence, row)),
  );
  for (const beam of [1, 5]) {
    const found = await createCaptioner(model, tokenizer, { beam, engine }).describe(images);
    const figures = captionMetrics(
      found.map(({ text }) => text),
      references,
    );
    console.log(`${name}, ${beam === 1 ? "greedy" : `beam of ${beam}`}: ${describeCaptions(figures)}`);
  }
  if (name !== "attention") continue;
  const { share, covered } = await lookedAt(createCaptioner(model, tokenizer, { engine }));
  console.log(
    `attention on the object that is named: ${percent(share)} %, which covers ${percent(covered)} % of the picture`,
  );
}
