import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TrainingEvent } from "../train/index.ts";
import type { Output } from "./io.ts";
import { createProgress } from "./progress.ts";

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** What is written, without colors; a line that replaces the one before it begins with "»". */
function listen(isTerminal: boolean) {
  const said: string[] = [];
  const output: Output = {
    isTerminal,
    columns: 100,
    print: (line = "") => said.push(`stdout: ${line}`),
    log: (line) => said.push(line),
    write: () => {},
    status: (line) => isTerminal && said.push(`» ${line}`),
    paint: (_, text) => text,
  };
  const hear = createProgress(output, { shares: ["accuracy"] });
  const step = (seconds: number, step: number, epoch = 1): void => {
    now = 1000 * seconds;
    hear({
      type: "step",
      epoch,
      step,
      steps: 100,
      samples: 32,
      figures: { loss: 1.5, accuracy: 0.25 },
      gradientNorm: 1,
    });
  };
  return { said, hear, step };
}

const epoch: TrainingEvent = {
  type: "epoch",
  epoch: 1,
  epochs: 3,
  isBest: true,
  seconds: 65,
  waited: 0,
  padding: 0,
  training: { loss: 0.5, accuracy: 0.875 },
};

describe("progress", () => {
  it("is a line now and then where there is no terminal", () => {
    const { said, hear, step } = listen(false);
    for (let i = 1; i <= 100; i++) step(i / 2, i);
    hear({ type: "validate", epoch: 1, done: 50, total: 100 });
    hear(epoch);
    expect(said).toEqual([
      "epoch 1  step 30/100    64 samples/s  loss 1.5000  accuracy 25.0 %  0:35 left",
      "epoch 1  step 60/100    64 samples/s  loss 1.5000  accuracy 25.0 %  0:20 left",
      "epoch 1  step 90/100    64 samples/s  loss 1.5000  accuracy 25.0 %  0:05 left",
      "epoch 1/3  loss 0.5000  accuracy 87.50 %  1:05",
    ]);
  });

  it("is a bar on a terminal, drawn at most ten times a second, and once more at the end", () => {
    const { said, hear, step } = listen(true);
    // 11 steps take longer than a tenth of a second, 10 do not: nine bars, and the last step's.
    for (let i = 1; i <= 100; i++) step(i / 104, i);
    expect(said).toHaveLength(10);
    expect(said[4]).toMatch(
      /^» epoch 1 ▕█+[▏▎▍▌▋▊▉]? +▏ {2}55 % {2}3328 samples\/s {2}loss 1\.5000 {2}accuracy 25\.0 % {2}0:00 left$/,
    );
    expect(said[9]).toMatch(/▕█+▏ 100 % /);
    hear({ type: "validate", epoch: 1, done: 50, total: 200 });
    expect(said.at(-1)).toBe("» epoch 1  validating 25 %");
  });

  it("counts time and pictures of each epoch anew", () => {
    const { said, hear, step } = listen(false);
    step(1, 1);
    now = 100_000;
    hear(epoch);
    step(120, 10, 2);
    expect(said.at(-1)).toMatch(/^epoch 2 {2}step 10\/100 /);
    // 32 pictures in 20 seconds, and 90 steps to go at 20 seconds each: a resumed epoch begins in the middle.
    expect(said.at(-1)).toMatch(/ 2 samples\/s .* 30:00 left$/);
  });

  it("tells of validation and of the best epoch", () => {
    const { said, hear } = listen(false);
    hear({ ...epoch, validation: { loss: 0.25, accuracy: 0.9 } } as TrainingEvent);
    hear({ ...epoch, epoch: 2, isBest: false, validation: { loss: 0.5, accuracy: 0.8 } } as TrainingEvent);
    expect(said).toEqual([
      "epoch 1/3  loss 0.5000  accuracy 87.50 %  validation loss 0.2500 accuracy 90.00 % best  1:05",
      "epoch 2/3  loss 0.5000  accuracy 87.50 %  validation loss 0.5000 accuracy 80.00 %  1:05",
    ]);
  });
});
