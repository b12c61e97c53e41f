import { expect, test } from "vitest";
import { describeNetwork } from "../../../worker/network/describe-network.ts";
import { choicesIn, inserted, moved, typedValue, withClasses, withOption, without } from "./network-edits.ts";
import { presets } from "./presets.ts";

const text = "conv2d(6, { kernel: 5, padding: 'same' }) // first\ntanh()\nmaxPool2d(2)\nflatten()\nlinear(10)";
const input = [1, 28, 28];
const linesOf = (network: string) => describeNetwork(network, input, 10).lines;

test.each([
  [0, "kernel", 3, 'conv2d(6, { kernel: 3, padding: "same" })'],
  [0, "filters", 8, 'conv2d(8, { kernel: 5, padding: "same" })'],
  [0, "stride", [2, 1], 'conv2d(6, { kernel: 5, stride: [2, 1], padding: "same" })'],
  [2, "kernel", 3, "maxPool2d(3)"],
  [2, "stride", 1, "maxPool2d(2, { stride: 1 })"],
  [4, "bias", false, "linear(10, { bias: false })"],
])("option of layer %i: %s becomes %j", (line, option, value, written) => {
  const described = linesOf(text)[line];
  const changed = withOption(text, described, option, value);
  expect(changed).toBe(text.slice(0, described.from) + written + text.slice(described.to));
  const { options } = linesOf(changed)[line];
  expect(options.find(({ name }) => name === option)?.value).toEqual(value);
});

test("layers are added, deleted and moved, and remarks stay", () => {
  const lines = linesOf(text);
  expect(without(text, lines[1])).toBe(text.replace("tanh()\n", ""));
  expect(inserted(text, lines[1], "relu()")).toBe(text.replace("tanh()", "tanh()\nrelu()"));
  expect(inserted("", undefined, "relu()")).toBe("relu()");
  expect(moved(text, lines, 1, 2)).toBe(text.replace("tanh()\nmaxPool2d(2)", "maxPool2d(2)\ntanh()"));
  expect(moved(text, lines, 4, 0)).toBe(
    "linear(10) // first\nconv2d(6, { kernel: 5, padding: 'same' })\ntanh()\nmaxPool2d(2)\nflatten()",
  );
});

test("the end of a network follows the classes", () => {
  expect(withClasses(text, 3)).toBe(text.replace("linear(10)", "linear(3)"));
  expect(withClasses("linear(5)\nlinear(10, { bias: false })\n", 3)).toBe("linear(5)\nlinear(3, { bias: false })\n");
  expect(withClasses("lenet5", 3)).toBe("lenet5");
  expect(withClasses("linear(10)\nrelu()", 3)).toBe("linear(10)\nrelu()");
});

test("typed values are numbers, lists, flags or words", () => {
  expect(["5", " 2, 1 ", "[2,1]", "3 × 3", "true", "same", "'same'", "", "-1.5"].map(typedValue)).toEqual([
    ...[5, [2, 1], [2, 1], [3, 3], true, "same", "same", "", -1.5],
  ]);
});

test("words to choose from come from what the library says", () => {
  const option = { name: "mode", value: "a", place: undefined, expects: "one of 'a', 'b'" };
  expect(choicesIn(option)).toEqual(["a", "b"]);
  expect(choicesIn({ ...option, expects: "an integer, or one of 'a'" })).toEqual([]);
});

test.each(presets.map(({ name, text: write }) => [name, write] as const))(
  "%s fits pictures of usual sizes",
  (_, write) => {
    for (const shape of [
      [1, 28, 28],
      [3, 32, 32],
      [3, 64, 64],
      [1, 16, 16],
    ]) {
      const { errors, lines } = describeNetwork(write(shape, 4), shape, 4);
      expect(errors).toEqual([]);
      expect(lines.at(-1)?.output).toEqual([4]);
    }
  },
);
