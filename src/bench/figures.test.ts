import { describe, expect, it } from "vitest";
import type { Outcome } from "./contest.ts";
import { figuresOf, type Marked } from "./figures.ts";

const outcome = (by: string, threads: number, times: readonly number[], amount?: number): Outcome => ({
  contestant: { by, threads, amount, run: async () => [] },
  rounds: times.map((time) => [time]),
});

const steady = (time: number): number[] => [time, time, time];

describe("figures", () => {
  const peak = outcome("peak", 1, steady(1), 50e6);
  const smallPeak = outcome("small peak", 1, steady(1), 25e6);
  const references = (eachThread: boolean): Marked["references"] =>
    new Map([
      ["x64", { outcome: peak, eachThread }],
      ["wasm", { outcome: smallPeak, eachThread }],
    ]);
  const outcomes = [
    outcome("x64", 1, steady(4)),
    outcome("x64", 2, [2, 2, 4, 2]),
    outcome("wasm", 1, steady(8)),
    outcome("PyTorch", 1, steady(2)),
    outcome("PyTorch", 2, steady(1)),
    outcome("PyTorch", 3, steady(6)),
  ];
  const marked = { work: "product", amount: 100e6, isRate: true, lead: "x64" };
  const figures = figuresOf(outcomes, { ...marked, references: references(true) });

  it("have rates in billions a second", () => {
    expect(figures[0].rate).toEqual({ median: 25, best: 25 });
  });

  it("have shares of each engine's own reference, per thread", () => {
    expect(figures.map(({ share }) => share?.best)).toEqual([0.5, 0.5, 0.5, undefined, undefined, undefined]);
  });

  it("have shares of one memory for all threads", () => {
    const shared = { ...marked, references: references(false) };
    expect(figuresOf(outcomes, shared).map(({ share }) => share?.best)).toEqual([0.5, 1, 0.5, ...Array(3)]);
  });

  it("compare everybody with the lead with as many threads, and the lead with itself with one", () => {
    expect(figures.map(({ ratio }) => ratio?.median)).toEqual([undefined, 2, 2, 0.5, 0.5, 3]);
  });

  it("are times where there is no rate", () => {
    const [figure] = figuresOf(outcomes, { work: "step", amount: 1, isRate: false });
    expect([figure.rate, figure.share, figure.milliseconds.median]).toEqual([undefined, undefined, 4]);
    expect(figure.runs).toBe(3);
  });

  it("stand alone when the lead does not take part", () => {
    const [figure] = figuresOf([outcome("PyTorch", 1, [2])], { work: "step", amount: 1, isRate: false, lead: "x64" });
    expect(figure.ratio).toBeUndefined();
  });
});
