import { describe, expect, it } from "vitest";
import { DOUBLE, distance, dot, random } from "../../tests/support/random.ts";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { constant } from "../graph/index.ts";
import { type FilterTransform, gradient, transformFilters } from "./index.ts";

const filter = array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], "f64"); // biome-ignore format: a filter

/** The only filter of a bank of one, transformed. */
const one = async (transform: FilterTransform, of = filter) =>
  ((await numbersOf((w) => transformFilters(w, [transform]), of)) as [[[number[][]]]])[0][0][0];

describe("a filter", () => {
  it("is turned counter-clockwise, as it is seen", async () => {
    expect(await one({ turn: 90 })).toEqual([[3, 6, 9], [2, 5, 8], [1, 4, 7]]); // biome-ignore format: rows
    expect(await one({ turn: 180 })).toEqual([[9, 8, 7], [6, 5, 4], [3, 2, 1]]); // biome-ignore format: rows
    expect(await one({ turn: -90 })).toEqual(await one({ turn: 270 }));
    expect(await one({ turn: 360 })).toEqual(await one({}));
  });

  it("is mirrored left and right, before it is turned", async () => {
    expect(await one({ mirror: true })).toEqual([[3, 2, 1], [6, 5, 4], [9, 8, 7]]); // biome-ignore format: rows
    expect(await one({ mirror: true, turn: 90 })).toEqual([[1, 4, 7], [2, 5, 8], [3, 6, 9]]); // biome-ignore format: rows
  });

  it("is turned exactly with an even number of taps, too", async () => {
    const even = array([[[[1, 2], [3, 4]]]]); // biome-ignore format: a filter
    expect(await one({ turn: 90 }, even)).toEqual([[2, 4], [1, 3]]); // biome-ignore format: rows
    expect(await one({ turn: 720 }, array([[[[Number.NaN, 2], [3, 4]]]]))).toEqual([[Number.NaN, 2], [3, 4]]); // biome-ignore format: rows
  });

  it("is interpolated in between, with zeros around it", async () => {
    const turned = await one({ turn: 45 });
    const [near, far] = [Math.SQRT1_2, 1 - Math.SQRT1_2];
    expect(turned[1][1]).toBe(5);
    // The tap to the right comes from the direction of 9, at a distance of 1.
    expect(turned[1][2]).toBeCloseTo(near * near * 9 + near * far * (6 + 8) + far * far * 5, 12);
    // The corner up left comes from above 2, at a distance of √2: the part of it that is within one tap of 2 is left.
    expect(turned[0][0]).toBeCloseTo((2 - Math.SQRT2) * 2, 12);
  });

  it("is scaled: twice as large, it shows its middle", async () => {
    expect(await one({ scale: 2 })).toEqual([[3, 3.5, 4], [4.5, 5, 5.5], [6, 6.5, 7]]); // biome-ignore format: rows
    expect(await one({ scale: 0.5 })).toEqual([[0, 0, 0], [0, 5, 0], [0, 0, 0]]); // biome-ignore format: rows
  });
});

describe("a bank of filters", () => {
  const transforms: FilterTransform[] = [{}, { turn: 90, mirror: true }, { turn: 30 }, { scale: 0.8, turn: 200 }];

  it("keeps filters apart from transforms and input channels", async () => {
    const w = random([2, 3, 3, 3], "w");
    const bank = await compute((w) => transformFilters(w, transforms), w);
    expect(bank.shape).toEqual([2, 4, 3, 3, 3]);
    const second = await compute((w) => transformFilters(w, transforms.slice(1, 2)), w);
    expect([...bank.row(1).row(1).data]).toEqual([...second.row(1).row(0).data]);
  });

  it("hands each derivative back through its transform: ⟨T w, g⟩ = ⟨w, Tᵀ g⟩", async () => {
    const [w, g] = [random([2, 3, 5, 5], "w"), random([2, 4, 3, 5, 5], "g")];
    const bank = await compute((w) => transformFilters(w, transforms), w);
    const back = await compute(
      (w) => gradient(transformFilters(w, transforms), [w], { outputGradient: constant(g) })[0],
      w,
    );
    expect(Math.abs(dot(bank, g) - dot(w, back))).toBeLessThan(DOUBLE);
    const four = [0, 90, 180, 270].map((turn) => ({ turn }));
    expect((await derivatives((w) => transformFilters(w, four), filter))[0]).toEqual(new Array(9).fill(4));
  });

  it("turned by 45° twice is near one turned by 90°, for a smooth filter", async () => {
    const size = 15;
    const smooth = random([1, 1, size, size], "smooth");
    for (let i = 0; i < size * size; i++) {
      const [y, x] = [(Math.floor(i / size) - 7) / 3, ((i % size) - 7) / 3];
      smooth.data[i] = (x + 0.3 * y) * Math.exp(-x * x - y * y);
    }
    const turn = (by: number) => (w: Parameters<typeof transformFilters>[0]) => transformFilters(w, [{ turn: by }]);
    const once = await compute(turn(90), smooth);
    const half = (await compute(turn(45), smooth)).reshape([1, 1, size, size]);
    const twice = await compute(turn(45), half);
    // Its height is 0.45; two interpolations of a bump of this width lose a seventh of that at most.
    expect(distance(once, twice)).toBeLessThan(0.065);
    expect(distance(once, half)).toBeGreaterThan(0.2);
  });
});
