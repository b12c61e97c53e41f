/** Sentences on pictures that are bright on one side, and how much of the attention lies there. */
import { NdArray, optim } from "fovea";
import { dataset, picture, ragged, tokens } from "fovea/data";
import { attentionCaptioning } from "fovea/models";
import { learnTokenizer } from "fovea/text";
import { captioning, createCaptioner, fit } from "fovea/train";

const sentences = ["bright on the left", "bright on the right"];
const tokenizer = learnTokenizer(sentences, { type: "spaces", special: ["<bos>", "<eos>"] });
const [begin, end] = [2, 3];

/** Picture i of 8×8 pixels is bright on the left if i is even, by a little more for each. */
const count = 64;
const light = (i: number, x: number) => (x < 4 === (i % 2 === 0) ? 160 + i : 40 + i);
const pixels = Uint8Array.from({ length: count * 64 }, (_, k) => light(Math.floor(k / 64), k % 8));
const images = new NdArray(pixels, [count, 1, 8, 8], "u8");
const written = Array.from({ length: count }, (_, i) => [begin, ...tokenizer.encode(sentences[i % 2]), end]);

const data = dataset("sides", {
  image: picture(images),
  sentence: tokens(ragged(written, "i32"), tokenizer.vocabulary),
});
const network = attentionCaptioning({ picture: [1, 8, 8], words: tokenizer.size, maps: [4, 6], units: 16, steps: 8 });
const optimizer = optim.adam({ learningRate: 0.02 });
const { model } = await fit(network, data, { task: captioning(), epochs: 10, batch: 16, seed: 1, optimizer });

const captioner = createCaptioner(model, tokenizer, { beam: 2 });
const captions = await captioner.describe(new NdArray(pixels.subarray(0, 128), [2, 1, 8, 8], "u8"));
console.log(captions.map(({ text }) => text).join("; "));
const { weights, words } = await captioner.attention(images.row(0), captions[0]);
console.log(`${words.join(" ")}: weights [${weights.shape}]`);
// → bright on the left; bright on the right
// → bright on the left <eos>: weights [5,4,4]
