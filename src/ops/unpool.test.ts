import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOUBLE, distance, random } from "../../tests/support/random.ts";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { constant, type Tensor } from "../graph/index.ts";
import { maxPool, maxPoolWithPositions, maxUnpool } from "./index.ts";

const axis = fc
  .record({
    input: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
  })
  .filter(({ input, kernel }) => input >= kernel);

describe("unpooling", () => {
  it("keeps the maxima of what was pooled, each where it was, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 3 }), async (axes) => {
        const x = random([2, 2, ...axes.map(({ input }) => input)], "x");
        const options = { kernel: axes.map(({ kernel }) => kernel), stride: axes.map(({ stride }) => stride) };
        const unpooled = await compute((x) => {
          const { values, positions } = maxPoolWithPositions(x, options);
          return maxUnpool(values, positions, x.shape.slice(2));
        }, x);
        // Numbers from −1 to 1 may all be negative, and zeros would win: only what is not zero is compared.
        unpooled.data.forEach((value, i) => {
          if (value !== 0) expect(Math.abs(value - x.data[i])).toBeLessThan(DOUBLE);
        });
        const onlyMaxima = unpooled.copy();
        for (let i = 0; i < onlyMaxima.size; i++) if (onlyMaxima.data[i] === 0) onlyMaxima.data[i] = -Infinity;
        const [before, after] = [x, onlyMaxima].map((x) => compute((x) => maxPool(x, options), x));
        expect(distance(await before, await after)).toBeLessThan(DOUBLE);
      }),
    );
  });

  const at = (...positions: number[]): Tensor => constant(array([[positions]], "i32"));

  it("takes the derivative from where it put the value", async () => {
    const x = array([[[5, 6]]]);
    const place = (x: Tensor): Tensor => maxUnpool(x, at(3, 0), [4]);
    expect(await numbersOf(place, x)).toEqual([[[6, 0, 0, 5]]]);
    expect((await derivatives((x) => maxUnpool(x, at(3, 9), [4]), x))[0]).toEqual([1, 0]);
  });

  it("puts the mean where several windows found the same position, in any order", async () => {
    const x = array([[[2, 6, 1]]]);
    expect(await numbersOf((x) => maxUnpool(x, at(1, 1, 0), [3]), x)).toEqual([[[1, 4, 0]]]);
    expect((await derivatives((x) => maxUnpool(x, at(1, 1, 0), [3]), x))[0]).toEqual([0.5, 0.5, 1]);
  });

  it("leaves out positions outside the map", async () => {
    expect(await numbersOf((x) => maxUnpool(x, at(-1, 4), [4]), array([[[5, 6]]]))).toEqual([[[0, 0, 0, 0]]]);
  });
});
