import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import * as optim from "./index.ts";
import { type EpochFigures, type Moment, type Schedule, schedules, warmup } from "./index.ts";

/** Doubles. */
const DIGITS = 15;

/** A place in a run of `epochs` epochs of `perEpoch` steps. */
const at = (step: number, { epochs = 10, perEpoch = 1, history = [] as EpochFigures[] } = {}): Moment => ({
  ...{ step, steps: epochs * perEpoch, epoch: Math.floor(step / perEpoch), epochs, history },
});
const factors = (schedule: Schedule, count: number, run: Parameters<typeof at>[1] = {}): number[] =>
  Array.from({ length: count }, (_, step) => schedule.factor(at(step, run)));
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, DIGITS));

const falling: Readonly<Record<string, Schedule>> = {
  constant: schedules.constant(),
  linear: schedules.linear(),
  cosine: schedules.cosine(),
  polynomial: schedules.polynomial(),
  step: schedules.step({ every: 3 }),
  multiStep: schedules.multiStep({ milestones: [2, 7] }),
  exponential: schedules.exponential(),
  plateau: schedules.plateau(),
};

describe("a learning-rate schedule", () => {
  it.each(Object.entries(falling))("%s starts at the base rate and never rises", (_, schedule) => {
    const all = factors(schedule, 11);
    expect(all[0]).toBe(1);
    all.slice(1).forEach((next, i) => void expect(next).toBeLessThanOrEqual(all[i]));
  });

  it("is in the table under its own name, and falls or is one cycle", () => {
    expect(Object.keys(schedules)).toEqual(expect.arrayContaining([...Object.keys(falling), "oneCycle"]));
    expect(Object.keys(schedules)).toHaveLength(Object.keys(falling).length + 1);
    for (const [name, { name: own }] of Object.entries(falling)) expect(own.split(" ")[0]).toBe(name);
  });

  it("ends at its floor when it spans the run", () => {
    for (const create of [schedules.linear, schedules.cosine, schedules.polynomial]) {
      expect(create().factor(at(10))).toBe(0);
      expect(create({ floor: 0.2 }).factor(at(10))).toBeCloseTo(0.2, DIGITS);
      expect(create().spansRun).toBe(true);
    }
    expect(falling.step.spansRun || falling.plateau.spansRun).toBe(false);
  });

  it("is half way down in the middle of the run", () => {
    expect(schedules.linear().factor(at(5))).toBe(0.5);
    expect(schedules.cosine().factor(at(5))).toBeCloseTo(0.5, DIGITS);
    expect(schedules.cosine({ floor: 0.5 }).factor(at(5))).toBeCloseTo(0.75, DIGITS);
    expect(schedules.polynomial({ power: 3 }).factor(at(5))).toBeCloseTo(1 / 8, DIGITS);
  });

  it("goes by epochs where it is said in epochs, whatever their length", () => {
    const run = { epochs: 4, perEpoch: 2 };
    expect(factors(schedules.step({ every: 2, factor: 0.5 }), 8, run)).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]);
    expect(factors(schedules.multiStep({ milestones: 1, factor: 0.5 }), 4, run)).toEqual([1, 1, 0.5, 0.5]);
    expect(factors(schedules.exponential({ factor: 0.5 }), 6, run)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it("in one cycle rises to the base rate and falls to almost nothing", () => {
    const all = factors(schedules.oneCycle({ rise: 0.3, start: 10, end: 100 }), 20, { epochs: 20 });
    expect(all[0]).toBeCloseTo(0.1, DIGITS);
    expect(all[5]).toBe(1);
    expect(all[19]).toBeCloseTo(0.001, DIGITS);
    expect(Math.max(...all)).toBe(1);
  });

  it("in one cycle has a rate for runs of every length, and rises of every share", () => {
    for (const rise of [0, 0.3, 1])
      for (const epochs of [1, 2, 3])
        for (const factor of factors(schedules.oneCycle({ rise }), epochs, { epochs }))
          expect(factor, `${rise} of ${epochs}`).toBeGreaterThan(0);
  });
});

describe("warm-up", () => {
  const run = { epochs: 5, perEpoch: 2 };

  it("rises in a straight line to the other's first rate, which has the rest of the run", () => {
    expect(factors(warmup(schedules.linear(), { epochs: 2 }), 10, run)).toEqual(
      close([0.2, 0.4, 0.6, 0.8, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]),
    );
  });

  it("leaves epochs where they are", () => {
    const schedule = warmup(schedules.multiStep({ milestones: 3 }), { epochs: 1 });
    expect(factors(schedule, 8, run)).toEqual(close([1 / 3, 2 / 3, 1, 1, 1, 1, 0.1, 0.1]));
  });

  it("may be nothing, or last longer than the run", () => {
    expect(factors(warmup(schedules.constant(), { epochs: 0 }), 3, run)).toEqual([1, 1, 1]);
    const rising = factors(warmup(schedules.constant(), { epochs: 50 }), 10, run);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(rising[9]).toBeLessThan(1);
  });

  it("has the other's span and figures", () => {
    const { name, spansRun, watches } = warmup(schedules.plateau(), { epochs: 2 });
    expect({ spansRun, watches }).toEqual({ spansRun: false, watches: { name: undefined, on: "validation" } });
    expect(name).toBe("warmup (epochs 2), plateau (on validation, factor 0.1, patience 2, threshold 0.0001)");
  });
});

describe("division on plateau", () => {
  const ratesAfter = (
    schedule: Schedule,
    values: readonly number[],
    figure = "accuracy",
    on: "training" | "validation" = "validation",
  ) =>
    values.map((_, i) => {
      const history = values.slice(0, i + 1).map((value): EpochFigures => {
        return { training: { loss: 0 }, validation: { loss: 0 }, [on]: { [figure]: value } };
      });
      return schedule.factor({ ...at(i, { history }), best: "accuracy" });
    });

  it("waits for more than `patience` epochs without a better figure, then starts to count again", () => {
    const schedule = schedules.plateau({ patience: 1, factor: 0.5 });
    expect(ratesAfter(schedule, [0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.7])).toEqual([
      1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25,
    ]);
  });

  it("knows that losses fall and accuracies rise", () => {
    const [up, down] = [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]; // biome-ignore format: two figures
    for (const [figure, on, better, worse] of [
      ["accuracy", "validation", up, down],
      ["accuracy", "training", up, down],
      ["loss", "validation", down, up],
      ["loss", "training", down, up],
    ] as const) {
      const schedule = schedules.plateau({ figure, on, patience: 0, factor: 0.5 });
      expect(ratesAfter(schedule, better, figure, on), figure).toEqual([1, 1, 1, 1]);
      expect(ratesAfter(schedule, worse, figure, on), figure).toEqual([1, 0.5, 0.25, 0.125]);
    }
  });

  it("takes only what passes the best by a share of it", () => {
    const schedule = schedules.plateau({ patience: 0, threshold: 0.1, factor: 0.5 });
    expect(ratesAfter(schedule, [0.5, 0.54, 0.56])).toEqual([1, 0.5, 0.5]);
  });

  it("counts figures that are not numbers, or not there, as no better", () => {
    const schedule = schedules.plateau({ figure: "loss", patience: 0, factor: 0.5 });
    expect(ratesAfter(schedule, [Number.NaN, 2, Number.NaN, 1], "loss")).toEqual([0.5, 0.5, 0.25, 0.25]);
    expect(ratesAfter(schedules.plateau({ figure: "f1", patience: 0, factor: 0.5 }), [1, 1])).toEqual([0.5, 0.25]);
  });
});

describe("options of schedules", () => {
  it.each<[() => unknown, string]>([
    [() => optim.step({ every: 0 }), "step: every must be an integer of at least 1, got 0"],
    [() => optim.step({} as never), "step: every must be an integer of at least 1, got nothing"],
    [() => optim.step({ evry: 2 } as never), "step: there is no option 'evry'; did you mean every?"],
    [
      () => optim.multiStep({ milestones: [3, -1] }),
      "multiStep: milestones must be one or several numbers of epochs, got [3,-1]",
    ],
    [() => optim.exponential({ factor: 2 }), "exponential: factor must be a number from 0 to 1, got 2"],
    [() => optim.cosine({ floor: -0.1 }), "cosine: floor must be a number from 0 to 1, got -0.1"],
    [() => optim.oneCycle({ start: 0 }), "oneCycle: start must be a number above 0, got 0"],
    [() => optim.polynomial({ power: -1 }), "polynomial: power must be a number of at least 0, got -1"],
    [
      () => optim.plateau({ on: "test" as "training" }),
      "plateau: on must be one of 'validation', 'training', got \"test\"",
    ],
    [() => optim.plateau({ patience: 1.5 }), "plateau: patience must be an integer of at least 0, got 1.5"],
    [() => warmup(optim.cosine(), { epochs: -1 }), "warmup: epochs must be a number of at least 0, got -1"],
    [
      () => warmup(optim.cosine as never, { epochs: 1 }),
      "warmup: the first argument must be a schedule, such as cosine()",
    ],
  ])("%#", (create, message) => expect(create).toThrow(new OptionError(message)));
});
