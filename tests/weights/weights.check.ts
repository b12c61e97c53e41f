/**
 * Published weights on whole sets of pictures: as many are named rightly as other programs have counted, and photographs by
 * the names that their README gives.
 */
import { describe, expect, it } from "vitest";
import { NdArray } from "../../src/array/index.ts";
import { cifar10, type Dataset } from "../../src/data/index.ts";
import { architectures } from "../../src/models/index.ts";
import type { Model } from "../../src/nn/index.ts";
import { evaluateModel } from "../../src/train/index.ts";
import { mobilenet } from "./mobilenet.ts";
import { hasSharedData, scoresOf, shared, sharedBytes, sharedJson, sharedPicture, softmaxOf } from "./shared-data.ts";

const CIFAR = "pretrained-cifar-resnet";

/** Files, how many of the first 1000 pictures are named rightly, and the accuracy on all of them as JPEGs, with PyTorch. */
const residual = [
  ["resnet20", "resnet20-12fca82f.th", 915, 0.8103],
  ["resnet20", "resnet20.safetensors", 915, 0.8103],
  ["resnet32", "resnet32.safetensors", 928, 0.8256],
  ["resnet56", "resnet56.safetensors", 926, 0.832],
] as const;

/** JPEG decoders differ in the last bit. */
const JPEG_TOLERANCE = 0.0005;

const cifarModel = (name: string, file: string): Promise<Model> =>
  architectures[name]({ weights: "cifar10", file: shared(CIFAR, file) });

/** The first 1000 test pictures without loss, channels last as they are stored. */
function losslessPictures(classes: readonly string[]): Dataset {
  const pixels = sharedBytes(CIFAR, "cifar10-test-first1000.u8.gz");
  const planes = new Uint8Array(pixels.length);
  for (let i = 0; i < planes.length; i++) {
    const [picture, channel, place] = [Math.floor(i / 3072), Math.floor(i / 1024) % 3, i % 1024];
    planes[i] = pixels[picture * 3072 + place * 3 + channel];
  }
  const labels = Int32Array.from(sharedBytes(CIFAR, "cifar10-test-first1000-labels.u8"));
  return {
    name: "cifar10/test",
    images: new NdArray(planes, [1000, 3, 32, 32], "u8"),
    labels: new NdArray(labels, [1000], "i32"),
    classes,
  };
}

describe.skipIf(!hasSharedData)("residual networks for CIFAR-10", () => {
  it.each(residual)("%s of %s names %i of the first 1000 pictures rightly", async (name, file, correct) => {
    const model = await cifarModel(name, file);
    const { details } = await evaluateModel(model, losslessPictures(model.classes ?? []));
    expect(details.correct).toBe(correct);
  });

  it.each(residual)("%s of %s is as good on all pictures as JPEGs as PyTorch", async (name, file, _, accuracy) => {
    const { test } = await cifar10({ folder: shared("cifar10") });
    const { figures } = await evaluateModel(await cifarModel(name, file), test);
    expect(Math.abs(figures.accuracy - accuracy)).toBeLessThanOrEqual(JPEG_TOLERANCE);
  });
});

interface Photo {
  readonly file: string;
  readonly squeezenet: readonly (readonly [name: string, share: number])[];
}

/** The photographs that are named rightly; the others were close calls, which another way of scaling them may turn. */
const CLEAR = ["cat.jpg", "bird.jpg", "dragonfly.jpg", "hot_dog.jpg", "parrot.jpg", "dog_segmentation.jpg"];

/** The photographs were scaled by another program. */
const PHOTO_TOLERANCE = 0.05;

describe.skipIf(!hasSharedData)("SqueezeNet 1.0", () => {
  const load = () =>
    architectures.squeezenet1_0({ weights: shared("pretrained-squeezenet", "squeezenet_v1.0.safetensors.gz") });

  it("gives the scores published with the weights", async () => {
    const model = await load();
    const vectors = sharedJson("pretrained-squeezenet", "test.json") as Record<string, { logits: readonly number[] }>;
    for (const file of Object.keys(vectors).filter((name) => name.endsWith(".png"))) {
      const scores = await scoresOf(model, await sharedPicture(["pretrained-squeezenet", file]));
      for (const [i, logit] of vectors[file].logits.entries()) expect(scores.data[i]).toBeCloseTo(logit, 2);
    }
  });

  it("names photographs as its README says", async () => {
    const model = await load();
    const photos = sharedJson("photos", "photos.json") as readonly Photo[];
    expect(photos.length).toBeGreaterThan(CLEAR.length);
    for (const { file, squeezenet } of photos.filter((photo) => CLEAR.includes(photo.file))) {
      const shares = softmaxOf(await scoresOf(model, middle(await sharedPicture(["photos", file], 256), 227)));
      const [[name, share]] = squeezenet;
      const index = model.classes?.indexOf(name.split(",")[0]) ?? -1;
      expect(index).toBe(shares.indexOf(Math.max(...shares)));
      expect.soft(Math.abs(shares[index] - share), `${file}: ${name}`).toBeLessThan(PHOTO_TOLERANCE);
    }
  });
});

/** The middle of a picture [1, 3, side, side]. */
function middle({ data, shape }: NdArray, size: number): NdArray {
  const side = shape[2];
  const from = Math.floor((side - size) / 2);
  const pixels = Uint8Array.from({ length: 3 * size * size }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
    return data[(channel * side + row + from) * side + column + from];
  });
  return new NdArray(pixels, [1, 3, size, size], "u8");
}

type Top = readonly (readonly [index: number, name: string, share: number])[];

describe.skipIf(!hasSharedData)("MobileNets of TensorFlow", () => {
  it.each([
    ["mobilenetv1_025", "mobilenet_v1_0.25_128_quant", 128],
    ["mobilenetv1_050", "mobilenet_v1_0.5_160_quant", 160],
    ["mobilenet_v2", "mobilenet_v2_1.0_224_quant", 224],
  ] as const)("%s with %s give the probabilities published with them", async (name, file, side) => {
    const model = await mobilenet(name, file, side);
    const vectors = sharedJson("pretrained-mobilenet", "test.json") as Record<
      string,
      Record<string, { readonly top5_float_activations: Top }>
    >;
    for (const [picture, { top5_float_activations }] of Object.entries(vectors[file])) {
      const shares = softmaxOf(await scoresOf(model, await sharedPicture(["pretrained-mobilenet", picture])));
      for (const [index, , share] of top5_float_activations) expect(shares[index]).toBeCloseTo(share, 3);
    }
  });
});
