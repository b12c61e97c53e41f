import { describe, expect, it } from "vitest";
import { Random } from "../../../array/index.ts";
import { Pace } from "./pace.ts";

/** What a step takes, in milliseconds, on all threads or on one; `stay` steps have been run in that way before it. */
type Machine = (isDivided: boolean, stay: number) => number;

/** LeNet-5's step on two processors that are free. */
const quiet: Machine = (isDivided) => (isDivided ? 2.1 : 3.9);
/** Threads that have slept are let in at once, and wait for each other soon after; one thread has half a processor. */
const busy = (random: Random): Machine => {
  const oneOf = (share: number, often: number, seldom: number): number => (random.uniform() < share ? often : seldom);
  return (isDivided, stay) => (isDivided ? (stay < 4 ? 2.1 : oneOf(0.5, 4, 20)) : oneOf(0.5, 3.9, 11.7));
};
/** As when a single process counts: one thread has the other processor. */
const besideOne = (random: Random): Machine => {
  const busyMachine = busy(random);
  return (isDivided, stay) => (isDivided ? busyMachine(true, stay) : 3.9);
};

interface Run {
  readonly milliseconds: number;
  readonly divided: number;
}

function run(pace: Pace, machine: Machine, steps: number): Run {
  let [milliseconds, divided, stay, last] = [0, 0, 0, undefined as boolean | undefined];
  for (let i = 0; i < steps; i++) {
    const { isDivided } = pace;
    stay = isDivided === last ? stay + 1 : 0;
    last = isDivided;
    const time = machine(isDivided, stay);
    pace.record(time);
    milliseconds += time;
    divided += Number(isDivided);
  }
  return { milliseconds, divided };
}

const alone = (machine: Machine, steps: number): number => {
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += machine(false, i);
  return sum;
};

describe("how many threads run a step", () => {
  it("is all on a quiet machine, at less than two hundredths more than without trials", () => {
    const { milliseconds } = run(new Pace(), quiet, 2000);
    expect(milliseconds / (2000 * 2.1)).toBeLessThan(1.02);
  });

  it("is all where one step in a hundred takes ten times as long", () => {
    const random = new Random(1, "pace");
    const uneven: Machine = (isDivided, stay) => quiet(isDivided, stay) * (random.uniform() < 0.01 ? 10 : 1);
    expect(run(new Pace(), uneven, 5000).divided).toBeGreaterThan(4700);
  });

  it.each([1, 2, 3, 4, 5])("is one where the others do not get a processor, seed %i", (seed) => {
    for (const machine of [busy, besideOne]) {
      const random = new Random(seed, "pace");
      const expected = alone(machine(random), 4000);
      const { milliseconds } = run(new Pace(), machine(random), 4000);
      expect(milliseconds / expected).toBeLessThan(1.1);
    }
  });

  it("follows the machine: to one thread within half a second, back within four", () => {
    const pace = new Pace();
    const random = new Random(1, "pace");
    run(pace, quiet, 500);
    run(pace, besideOne(random), 60);
    expect(run(pace, besideOne(random), 100).divided).toBeLessThan(20);
    run(pace, quiet, 1000);
    expect(run(pace, quiet, 100).divided).toBeGreaterThan(90);
  });

  it("is all again soon after a single step that took long", () => {
    const pace = new Pace();
    run(pace, quiet, 500);
    run(pace, () => 200, 1);
    run(pace, quiet, 50);
    expect(run(pace, quiet, 100).divided).toBeGreaterThan(90);
  });

  it("is one where threads bring nothing, all where they bring much", () => {
    expect(run(new Pace(), (isDivided) => (isDivided ? 5 : 1), 1000).divided).toBeLessThan(60);
    expect(run(new Pace(), (isDivided) => (isDivided ? 1 : 5), 1000).divided).toBeGreaterThan(980);
  });
});
