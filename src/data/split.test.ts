import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { countAside, splitAtRandom, splitByClass } from "./split.ts";

const count = (labels: readonly number[], rows: Int32Array, label: number): number =>
  [...rows].filter((row) => labels[row] === label).length;
const together = (a: Int32Array, b: Int32Array): number[] => [...a, ...b].sort((x, y) => x - y);

describe("a split by class", () => {
  /** 60 of one class, 30 of another, 10 of a third, one after the other. */
  const labels = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 2));

  it("takes of each class its share, and every sample once", () => {
    const { kept, aside } = splitByClass({ labels, classes: 3 }, 20, 1);
    expect([0, 1, 2].map((label) => count(labels, aside, label))).toEqual([12, 6, 2]);
    expect(together(kept, aside)).toEqual(labels.map((_, i) => i));
  });

  it("gives the largest remainders one more until the count is reached", () => {
    // 4.2, 2.1 and 0.7 of 7.
    const { aside } = splitByClass({ labels, classes: 3 }, 7, 1);
    expect([0, 1, 2].map((label) => count(labels, aside, label))).toEqual([4, 2, 1]);
  });

  it("depends on the seed alone", () => {
    const rows = (seed: number) => [...splitByClass({ labels, classes: 3 }, 20, seed).aside];
    expect(rows(1)).toEqual(rows(1));
    expect(rows(1)).not.toEqual(rows(2));
  });

  it("does not take the first of each class", () => {
    expect([...splitByClass({ labels, classes: 3 }, 20, 1).aside].slice(0, 12)).not.toEqual(
      labels.map((_, i) => i).slice(0, 12),
    );
  });
});

describe("how many are set aside", () => {
  const ten = { labels: new Int32Array(10), classes: 1 };

  it("is a share or a count", () => {
    expect([countAside(ten, 0.25), countAside(ten, 4)]).toEqual([3, 4]);
    expect(splitAtRandom(ten, 3, 0).aside).toHaveLength(3);
  });

  it.each([0, 0.01, 10, 11, -1, 2.5, NaN])("cannot be %d of 10", (amount) => {
    expect(() => countAside(ten, amount, "test")).toThrow(
      new OptionError(`test: ${amount} of 10 samples cannot be set aside; give a share below 1, or a count below 10`),
    );
  });
});

describe("every class keeps a sample to train on", () => {
  // Five of the first class, two of the second, one of the third, none of the fourth.
  const few = { labels: [0, 0, 0, 0, 0, 1, 1, 2], classes: 4 };

  it.each([
    ["by class", splitByClass],
    ["at random", splitAtRandom],
  ])("%s, whatever the amount and the seed", (_, split) => {
    for (let amount = 1; amount <= 5; amount++)
      for (let seed = 0; seed < 20; seed++) {
        const { kept, aside } = split(few, amount, seed);
        expect(aside).toHaveLength(amount);
        expect(together(kept, aside)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        for (const label of [0, 1, 2]) expect(count(few.labels, kept, label)).toBeGreaterThan(0);
      }
  });

  it("and more than that cannot be set aside", () => {
    expect(() => countAside(few, 6)).toThrow(
      new OptionError(
        "validation: 6 of 8 samples cannot be set aside: every class keeps one to train on; give at most 5",
      ),
    );
    expect(() => countAside({ labels: [0, 1], classes: 2 }, 0.5)).toThrow("every class keeps one to train on; give 0");
  });
});
