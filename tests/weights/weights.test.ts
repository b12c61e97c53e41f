/** Published weights in our architectures give the results that other programs have got; a few of them, in a second or two. */
import { describe, expect, it } from "vitest";
import { NdArray } from "../../src/array/index.ts";
import { architectures, resnet20 } from "../../src/models/index.ts";
import { mobilenet } from "./mobilenet.ts";
import { hasSharedData, scoresOf, shared, sharedBytes, sharedJson, sharedPicture, softmaxOf } from "./shared-data.ts";

/** PyTorch's scores as published with the weights, to four decimals. */
const SCORES_TOLERANCE = 1e-3;
/** Probabilities to four decimals. */
const SHARES_TOLERANCE = 1e-3;

interface CifarVectors {
  readonly nets: Readonly<Record<string, { readonly logits: readonly (readonly number[])[] }>>;
}

type Top = readonly (readonly [index: number, name: string, share: number])[];
type MobilenetVectors = Readonly<Record<string, Readonly<Record<string, { top5_float_activations: Top }>>>>;

const largestDifference = (a: NdArray, b: readonly number[]): number =>
  b.reduce((most, value, i) => Math.max(most, Math.abs(value - a.data[i])), 0);

describe.skipIf(!hasSharedData)("published weights", () => {
  it("of ResNet-20 for CIFAR-10, from PyTorch's file, give PyTorch's scores", async () => {
    const model = await resnet20({
      weights: "cifar10",
      file: shared("pretrained-cifar-resnet", "resnet20-12fca82f.th"),
    });
    const pictures = new NdArray(sharedBytes("pretrained-cifar-resnet", "test-input.u8"), [10, 3, 32, 32], "u8");
    const { nets } = sharedJson("pretrained-cifar-resnet", "test.json") as CifarVectors;
    expect(largestDifference(await scoresOf(model, pictures), nets.resnet20.logits.flat())).toBeLessThan(
      SCORES_TOLERANCE,
    );
    expect(model.classes?.[3]).toBe("cat");
  });

  it("of SqueezeNet 1.0, with Caffe's names and blue first, give the scores published with them", async () => {
    const model = await architectures.squeezenet1_0({
      weights: shared("pretrained-squeezenet", "squeezenet_v1.0.safetensors.gz"),
    });
    const expected = sharedJson("pretrained-squeezenet", "test.json") as Record<string, { logits: number[] }>;
    const picture = await sharedPicture(["pretrained-squeezenet", "test-hot_dog-227.png"]);
    const scores = await scoresOf(model, picture);
    expect(largestDifference(scores, expected["test-hot_dog-227.png"].logits)).toBeLessThan(SCORES_TOLERANCE);
    expect(model.classes?.[934]).toBe("hotdog");
  });

  it("of a MobileNet of TensorFlow, with its padding, give the probabilities published with them", async () => {
    const model = await mobilenet("mobilenetv1_025", "mobilenet_v1_0.25_128_quant", 128);
    const vectors = sharedJson("pretrained-mobilenet", "test.json") as MobilenetVectors;
    const expected = vectors["mobilenet_v1_0.25_128_quant"]["test-cat-128.png"].top5_float_activations;
    const picture = await sharedPicture(["pretrained-mobilenet", "test-cat-128.png"]);
    const shares = softmaxOf(await scoresOf(model, picture));
    for (const [index, , share] of expected) expect(Math.abs(shares[index] - share)).toBeLessThan(SHARES_TOLERANCE);
  });
});
