import { NdArray } from "fovea";
import { writeSafetensors } from "fovea/formats";
import { expect, test } from "vitest";
import { recipeIn } from "../../../address/recipe.ts";
import { loadData } from "../load-data.ts";
import { found, readSet } from "./found.ts";

const recipe = recipeIn({ limit: "40", heldOut: "10" });

test.each(["digits", "scenes"])("%s are drawn here, and divided", async (data) => {
  const { train, heldOut } = await loadData({ ...recipe, data });
  expect([train.images.shape[0], heldOut.images.shape[0]]).toEqual([30, 10]);
});

test("a set that is not there is said to be missing, with what to do", async () => {
  const source = found("MNIST", async () => {
    throw new Error("there is no server");
  });
  await expect(source({ ...recipe, data: "mnist" })).rejects.toThrow(
    "MNIST is not here: there is no server. Start the studio with",
  );
});

test("a name that is none lists those that are; names that objects have are none", async () => {
  await expect(loadData({ ...recipe, data: "digit" })).rejects.toThrow("known are digits, scenes, mnist");
  await expect(loadData({ ...recipe, data: "constructor" })).rejects.toThrow("no data called 'constructor'");
});

test("a set of the server is read with its classes and normalization", () => {
  const images = new NdArray(new Uint8Array(8), [2, 1, 2, 2], "u8");
  const labels = new NdArray(new Int32Array([1, 0]), [2], "i32");
  const metadata = { name: "mnist/train", classes: '["0","1"]', normalization: '{"mean":[0.5],"std":[0.25]}' };
  const bytes = writeSafetensors(
    [
      ["images", images],
      ["labels", labels],
    ],
    metadata,
  );
  const set = readSet(bytes, "mnist");
  expect(set).toMatchObject({ name: "mnist/train", classes: ["0", "1"], normalization: { mean: [0.5], std: [0.25] } });
  expect([...set.labels.data]).toEqual([1, 0]);
  expect(() => readSet(writeSafetensors([["images", images]]), "mnist")).toThrow(
    "expected the tensors images and labels",
  );
});
