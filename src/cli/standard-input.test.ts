import { expect, it } from "vitest";
import { linesOfInput } from "./standard-input.ts";

async function linesOf(...chunks: Uint8Array[]): Promise<string[]> {
  async function* input() {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of linesOfInput(input())) lines.push(line);
  return lines;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it("gives lines, however they are cut", async () => {
  expect(await linesOf()).toEqual([]);
  expect(await linesOf(bytes("a\r\nb"), bytes("c\n"), bytes("\nd"))).toEqual(["a", "bc", "", "d"]);
  const word = bytes("büsche\n");
  expect(await linesOf(word.subarray(0, 2), word.subarray(2))).toEqual(["büsche"]);
});

it("refuses what is no text", async () => {
  await expect(linesOf(Uint8Array.of(0x61, 0xff))).rejects.toThrow("standard input: is not text in UTF-8");
  await expect(linesOf(Uint8Array.of(0x61, 0xc3))).rejects.toThrow("standard input: is not text in UTF-8");
});
