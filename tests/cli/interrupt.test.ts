/** Ctrl-C. The interpreter is asked for by name: faster engines might be done before the signal comes. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Settings, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, at, read } = place;
const command = "train --data idx --engine interpreter --epochs 3 --batch 10 --validation 10 --json";

beforeAll(async () => {
  await writeDigits(place, "idx");
  expect((await fovea(`${command} --out whole`)).code).toBe(0);
});

/** Sends a signal as soon as the text was written. */
function signalAfter(text: string | RegExp, signal: NodeJS.Signals = "SIGINT"): Settings {
  let sent = false;
  return {
    onOutput: (output, child) => {
      if (sent || !output.match(text)) return;
      sent = true;
      child.kill(signal);
    },
  };
}

const expectSame = (folder: string): void => {
  for (const name of ["model.safetensors", "checkpoint.safetensors"]) {
    expect(read(folder, name).equals(read("whole", name)), name).toBe(true);
  }
};

describe("Ctrl-C", () => {
  it.each([
    ["in the first epoch", '"event":"run"', "SIGINT"],
    ["in the second epoch", '"event":"epoch","epochs":3', "SIGINT"],
    ["at the end of an epoch's steps", '"event":"step"', "SIGINT"],
    ["or a request to terminate", '"event":"run"', "SIGTERM"],
  ] as const)("%s leaves a checkpoint, from which the run ends with the same bytes", async (when, text, signal) => {
    const folder = `stopped-${when.replaceAll(/\W/g, "-")}`;
    const stopped = await fovea(`${command} --out ${folder}`, signalAfter(text, signal));
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toBe(
      "stopping after this step; once more to quit without a checkpoint\n" +
        `stopped with a checkpoint; to go on: fovea train --resume ${folder}\n`,
    );
    expect(existsSync(at(folder, "checkpoint.safetensors"))).toBe(true);
    expect(read(folder, "checkpoint.safetensors").equals(read("whole", "checkpoint.safetensors"))).toBe(false);
    const resumed = await fovea(`train --resume ${folder} --engine interpreter`);
    expect(resumed.code).toBe(0);
    expectSame(folder);
  });

  it("twice quits at once, without a checkpoint", async () => {
    // Two signals of one kind that come together may count as one, so the second is of the other kind. The whole epoch
    // is one step, long enough for both to come before the first is heard.
    let sent = false;
    const { code, stderr } = await fovea(
      "train --data idx --engine interpreter --batch 60 --epochs 50 --validation 0 --out quit --json",
      {
        onOutput: (output, child) => {
          if (sent || !output.includes('"event":"run"')) return;
          sent = true;
          child.kill("SIGINT");
          child.kill("SIGTERM");
        },
      },
    );
    expect(code).toBe(130);
    expect(stderr).toBe("stopping after this step; once more to quit without a checkpoint\n");
    expect(existsSync(at("quit", "checkpoint.safetensors"))).toBe(false);
  });
});
