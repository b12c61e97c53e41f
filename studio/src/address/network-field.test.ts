import fc from "fast-check";
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { MOST_CHARACTERS, readAddress, writeAddress } from "./address.ts";
import {
  DAMAGED,
  lengthInAddress,
  MOST_NETWORK_CHARACTERS,
  readNetworkText,
  writeNetworkText,
} from "./network-field.ts";
import { LENET, recipeIn, settingsOfRecipe } from "./recipe.ts";

const layer = fc.constantFrom(
  "conv2d(6, { kernel: 5 })",
  "tanh()",
  "residual(relu())",
  "// a remark",
  "linear(10)",
  "~",
);
const texts = fc.oneof(
  fc.array(layer, { maxLength: 40 }).map((lines) => lines.join("\n")),
  fc.string({ maxLength: 300 }),
  // Halves of surrogate pairs are no text.
  fc.array(fc.integer({ min: 0, max: 0xd7ff }), { maxLength: 80 }).map((codes) => String.fromCharCode(...codes)),
);

test("what was written is read again, through the whole address", () => {
  fc.assert(
    fc.property(texts, (network) => {
      expect(readNetworkText(writeNetworkText(network))).toBe(network);
      const settings = settingsOfRecipe({ ...recipeIn({}), network });
      const { settings: found } = readAddress(writeAddress({ area: "train", path: [], settings }));
      expect(recipeIn(found).network).toBe(network);
    }),
    { numRuns: 300 },
  );
});

test("names stay readable", () => {
  expect(writeNetworkText("lenet5")).toBe("lenet5");
  expect(writeNetworkText("resnet20")).toBe("resnet20");
});

test("a network of sixty different layers fits the address", () => {
  const blocks = Array.from({ length: 20 }, (_, i) => {
    const filters = 8 * (1 + (i % 7));
    return `conv2d(${filters}, { kernel: ${3 + 2 * (i % 2)}, padding: 1, bias: false })\nbatchNorm2d()\nrelu()`;
  });
  expect(lengthInAddress(blocks.join("\n"))).toBeLessThan(500);
  expect(MOST_NETWORK_CHARACTERS).toBeLessThan(MOST_CHARACTERS - 400);
});

test("an address that was cut off says so, and trains nothing else", () => {
  const written = writeNetworkText(`${LENET}\n${LENET.replaceAll("tanh", "relu")}`);
  for (const length of [2, 3, 20, written.length - 3]) expect(readNetworkText(written.slice(0, length))).toBe(DAMAGED);
  expect(readNetworkText("~!!!")).toBe(DAMAGED);
  expect(readNetworkText("~")).toBe(DAMAGED);
});

test("a small address does not unpack to a large text", () => {
  const packed = Buffer.from(deflateSync(new Uint8Array(5_000_000), { level: 9 })).toString("base64url");
  expect(readNetworkText(`~${packed}`)).toBe(DAMAGED);
});
