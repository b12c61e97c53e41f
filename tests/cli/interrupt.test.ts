/** Ctrl-C. The interpreter is asked for by name: faster engines might be done before the signal comes. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type LaunchSettings, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { launch, at, read } = place;
const command = "train --data idx --engine interpreter --epochs 3 --batch 10 --validation 10 --json";

beforeAll(async () => {
  await writeDigits(place, "idx");
  expect((await launch(`${command} --out whole`)).code).toBe(0);
});

/** Sends signals as soon as the text was written. */
function signalsAfter(text: string | RegExp, ...names: NodeJS.Signals[]): LaunchSettings {
  let sent = false;
  return {
    onOutput: (output, child) => {
      if (sent || !output.match(text)) return;
      sent = true;
      for (const name of names) child.kill(name);
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
    ["or a terminal that hangs up", '"event":"run"', "SIGHUP"],
  ] as const)("%s leaves a checkpoint, from which the run ends with the same bytes", async (when, text, signal) => {
    const folder = `stopped-${when.replaceAll(/\W/g, "-")}`;
    const stopped = await launch(`${command} --out ${folder}`, signalsAfter(text, signal));
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(
      "stopping after this step; once more to quit without a checkpoint\n" +
        `stopped with a checkpoint; to go on: fovea train --resume ${folder}\n`,
    );
    expect(existsSync(at(folder, "checkpoint.safetensors"))).toBe(true);
    expect(read(folder, "checkpoint.safetensors").equals(read("whole", "checkpoint.safetensors"))).toBe(false);
    const resumed = await launch(`train --resume ${folder} --engine interpreter`);
    expect(resumed.code).toBe(0);
    expectSame(folder);
  });

  it("twice quits at once, without a checkpoint", async () => {
    // Two signals of one kind that come together may count as one, so the second is of the other kind. The whole epoch
    // is one step, long enough for both to come before the first is heard.
    const { code, stderr } = await launch(
      "train --data idx --engine interpreter --batch 60 --epochs 50 --validation 0 --out quit --json",
      signalsAfter('"event":"run"', "SIGINT", "SIGTERM"),
    );
    expect(code).toBe(130);
    expect(stderr).toBe("stopping after this step; once more to quit without a checkpoint\n");
    expect(existsSync(at("quit", "checkpoint.safetensors"))).toBe(false);
  });

  it("is not what a second hang-up is: the checkpoint is still written", async () => {
    let sent = 0;
    const { code } = await launch(`${command} --out hung-up`, {
      onOutput: (text, child) => {
        if (text.includes(["event", "stopping after"][sent])) sent += Number(child.kill("SIGHUP"));
      },
    });
    expect(sent).toBe(2);
    expect(code).toBe(130);
    expect(existsSync(at("hung-up", "checkpoint.safetensors"))).toBe(true);
  });
});
