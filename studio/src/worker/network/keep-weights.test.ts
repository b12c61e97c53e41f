import fc from "fast-check";
import { nn } from "fovea";
import { expect, test } from "vitest";
import { alignLayers, keepWeights, type LayerWeights } from "./keep-weights.ts";
import { networkOf, readNetwork } from "./read-network.ts";

const input = [1, 12, 12];
const build = (text: string, seed: number): nn.Model =>
  nn.Model.build(networkOf(readNetwork(text), input, 4), { input, seed });
const numbersOf = (model: nn.Model, name: string) => [...model.variables.find((one) => one.name === name)!.value.data];

test("a layer put between others leaves their weights as they are", async () => {
  const former = build("conv2d(4, { kernel: 3 })\nrelu()\nmaxPool2d(2)\nflatten()\nlinear(4)", 1);
  const next = build("conv2d(4, { kernel: 3 })\nbatchNorm2d()\nrelu()\nmaxPool2d(2)\nflatten()\nlinear(4)", 2);
  const fresh = numbersOf(next, "1.weight");
  expect(await keepWeights(former, next)).toEqual([
    { from: "0", to: "0", type: "conv2d", parameters: 40 },
    { from: "4", to: "5", type: "linear", parameters: 404 },
  ]);
  expect(numbersOf(next, "0.weight")).toEqual(numbersOf(former, "0.weight"));
  expect(numbersOf(next, "5.bias")).toEqual(numbersOf(former, "4.bias"));
  expect(numbersOf(next, "1.weight")).toEqual(fresh);
});

test("kept weights are copies", async () => {
  const former = build("flatten()\nlinear(4)", 1);
  const next = build("flatten()\nlinear(4)", 2);
  await keepWeights(former, next);
  next.variables[0].value.data[0] = 99;
  expect(former.variables[0].value.data[0]).not.toBe(99);
});

test("layers written alike whose inputs differ in shape begin anew", async () => {
  const former = build("conv2d(4, { kernel: 3 })\nflatten()\nlinear(4)", 1);
  const next = build("conv2d(4, { kernel: 5 })\nflatten()\nlinear(4)", 2);
  expect(await keepWeights(former, next)).toEqual([]);
});

test("layers inside sequences and residual blocks are kept as well", async () => {
  const block = "residual(sequential(conv2d(4, { kernel: 3, padding: 1 }), relu()))";
  const former = build(`conv2d(4, { kernel: 3 })\n${block}\nglobalAvgPool()\nlinear(4)`, 1);
  const next = build(`sequential(conv2d(4, { kernel: 3 }), relu())\n${block}\nglobalAvgPool()\nlinear(4)`, 2);
  expect((await keepWeights(former, next)).map(({ from, to }) => [from, to])).toEqual([
    ["0", "0.0"],
    ["1", "1"],
    ["3", "3"],
  ]);
});

test("the alignment is a longest common subsequence", () => {
  const layers = (letters: readonly string[]): LayerWeights[] =>
    letters.map((text, i) => ({ path: String(i), type: text, text, shapes: {} }));
  /** By trying every choice. */
  const longest = (a: readonly string[], b: readonly string[]): number => {
    if (a.length === 0 || b.length === 0) return 0;
    if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1));
    return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)));
  };
  const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 7 });
  fc.assert(
    fc.property(letters, letters, (a, b) => {
      const pairs = alignLayers(layers(a), layers(b));
      expect(pairs).toHaveLength(longest(a, b));
      for (const [k, [i, j]] of pairs.entries()) {
        expect(a[i]).toBe(b[j]);
        if (k > 0) expect(pairs[k - 1][0] < i && pairs[k - 1][1] < j).toBe(true);
      }
    }),
  );
});
