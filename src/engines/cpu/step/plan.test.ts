import { describe, expect, it } from "vitest";
import type { Buffer } from "../loops/ir.ts";
import { checkPlacement, planMemory } from "./plan.ts";

const buffer = (name: string, length: number): Buffer => ({ name, lane: "f32", length });
const [a, b, c] = [buffer("a", 100), buffer("b", 7), buffer("c", 0)];
const START = 128;

describe("the placement of buffers", () => {
  it("is what the plan makes it", () => {
    const all = [a, b, c];
    const plan = planMemory(
      all.map((one) => ({ buffer: one, first: 0, last: 1 })),
      START,
    );
    expect(() => checkPlacement(all, plan, START)).not.toThrow();
    expect(() => checkPlacement([], plan, START)).not.toThrow();
  });

  it("may be shared as a whole", () => {
    const [other, plan] = [buffer("other", 100), { addresses: new Map([[a, 128]]), bytes: 640 }];
    plan.addresses.set(other, 128);
    expect(() => checkPlacement([a, other], plan, START)).not.toThrow();
  });

  // A vector may be read from beyond the end: 100 elements take 400 bytes and 64, in whole lines 512.
  it.each([
    ["nowhere", [[b, 640]], [a, b], "the buffer a of 100 elements lies from byte NaN on"],
    ["before the start", [[a, 64]], [a], "lies from byte 64 on, in memory from 128 to 704"],
    [
      "across the end",
      [[a, 256]],
      [a],
      "lies from byte 256 on, in memory from 128 to 704, before what lies from 704 on",
    ],
    ["across lines", [[b, 132]], [b], "lies from byte 132 on"],
    [
      "into another",
      [
        [a, 128],
        [b, 576],
      ],
      [b, a],
      "the buffer a of 100 elements lies from byte 128 on, in memory from 128 to 704, before what lies from 576 on",
    ],
    [
      "in a part of another",
      [
        [a, 128],
        [b, 128],
      ],
      [a, b],
      "lies from byte 128 on, in memory from 128 to 704, before what lies from 128 on",
    ],
  ] as const)("must not be %s", (_, places, used, message) => {
    const plan = { addresses: new Map<Buffer, number>(places.map(([one, address]) => [one, address])), bytes: 704 };
    expect(() => checkPlacement(used, plan, START)).toThrow(message);
  });
});
