import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOUBLE, dot, random } from "../../tests/support/random.ts";
import { compute, numbersOf } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { conv, convTranspose } from "./index.ts";

const problems = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  axes: fc.array(
    fc.record({
      /** The length of the smaller map: what the convolution gives and the transposed one takes. */
      places: fc.integer({ min: 1, max: 4 }),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      padding: fc.nat(1),
      more: fc.nat(1),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const lengthOf = ({
  places,
  kernel,
  stride,
  dilation,
  padding,
  more,
}: (typeof problems extends fc.Arbitrary<infer P> ? P : never)["axes"][number]) =>
  (places - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding + more;

describe("a transposed convolution", () => {
  it("is the adjoint of the convolution: ⟨conv x, y⟩ = ⟨x, convTranspose y⟩", async () => {
    const some = problems.filter(({ axes }) =>
      // Where the larger map would give the convolution another place, it has no adjoint of this size.
      axes.every((axis) => lengthOf(axis) > 0 && axis.more < axis.stride),
    );
    await fc.assert(
      fc.asyncProperty(some, async ({ groups, axes }) => {
        const list = (key: keyof (typeof axes)[number]): number[] => axes.map((axis) => axis[key]);
        const options = { stride: list("stride"), dilation: list("dilation"), padding: list("padding"), groups };
        const x = random([2, 2 * groups, ...axes.map(lengthOf)], "x");
        const y = random([2, 3 * groups, ...list("places")], "y");
        const w = random([3 * groups, 2, ...list("kernel")], "w");
        const forward = await compute((x, w) => conv(x, w, options), x, w);
        const back = await compute((y, w) => convTranspose(y, w, { ...options, outputPadding: list("more") }), y, w);
        expect(back.shape).toEqual(x.shape);
        expect(forward.shape).toEqual(y.shape);
        expect(Math.abs(dot(forward, y) - dot(x, back))).toBeLessThan(DOUBLE);
      }),
    );
  });

  it("lays a scaled filter at every place, and adds where they overlap", async () => {
    const [x, w] = [array([[[1, 10]]]), array([[[1, 2, 3]]])];
    expect(await numbersOf((x, w) => convTranspose(x, w), x, w)).toEqual([[[1, 12, 23, 30]]]);
    expect(await numbersOf((x, w) => convTranspose(x, w, { stride: 2 }), x, w)).toEqual([[[1, 2, 13, 20, 30]]]);
    expect(await numbersOf((x, w) => convTranspose(x, w, { stride: 4 }), x, w)).toEqual([[[1, 2, 3, 0, 10, 20, 30]]]);
    expect(await numbersOf((x, w) => convTranspose(x, w, { dilation: 2 }), x, w)).toEqual([[[1, 10, 2, 20, 3, 30]]]);
  });

  it("cuts padding off, and gives output padding back from it before it adds zeros", async () => {
    const [x, w] = [array([[[1, 10]]]), array([[[1, 2, 3]]])];
    const at = (padding: number, outputPadding: number) =>
      numbersOf((x, w) => convTranspose(x, w, { stride: 2, padding, outputPadding }), x, w);
    expect(await at(1, 0)).toEqual([[[2, 13, 20]]]);
    expect(await at(1, 1)).toEqual([[[2, 13, 20, 30]]]);
    expect(await at(1, 2)).toEqual([[[2, 13, 20, 30, 0]]]);
    expect(await at(0, 1)).toEqual([[[1, 2, 13, 20, 30, 0]]]);
  });

  it("has the W b + K places of the lecture's array with output padding b", async () => {
    const [width, stride, kernel] = [5, 3, 4];
    const y = await compute(
      (x, w) => convTranspose(x, w, { stride, outputPadding: stride }),
      random([1, 1, width], "x"),
      random([1, 1, kernel], "w"),
    );
    expect(y.shape).toEqual([1, 1, width * stride + kernel]);
    expect([...y.data.slice(-stride)]).toEqual([0, 0, 0]);
  });

  it("shows each group its own channels alone", async () => {
    const x = array([[[1], [10], [100], [1000]]]);
    const w = array([[[1]], [[1]], [[1]], [[2]]]);
    expect(await numbersOf((x, w) => convTranspose(x, w, { groups: 2 }), x, w)).toEqual([[[11], [2100]]]);
  });

  it("may have nothing but its output padding left", async () => {
    const [x, w] = [array([[[7]]]), array([[[3]]])];
    const only = await numbersOf((x, w) => convTranspose(x, w, { stride: 3, padding: [1, 0], outputPadding: 2 }), x, w);
    expect(only).toEqual([[[0, 0]]]);
  });
});
