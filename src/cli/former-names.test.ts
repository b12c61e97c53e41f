import { expect, it } from "vitest";
import { withCurrentNames } from "./former-names.ts";
import { classificationTask } from "./train-tasks/classification.ts";
import { readConfig, resolveConfig } from "./train-tasks/index.ts";

it("a run of version 0.1 has the settings that it has under today's names", () => {
  const current = resolveConfig(classificationTask, { gray: true, augment: ["gray:probability=0.2", "flip"] });
  const { gray, ...others } = current;
  const former = { ...others, grey: gray, augment: ["grey:probability=0.2", "flip"] };
  expect(readConfig(classificationTask, { fovea: "0.1.0", arithmetic: "x", ...former }, "config.json")).toEqual(
    current,
  );
});

it("settings of today stay, and so does what is no list of steps", () => {
  for (const settings of [{ gray: true, augment: ["flip"] }, { epochs: 3 }, { augment: "flip" }, { augment: [3] }])
    expect(withCurrentNames(settings)).toEqual(settings);
});
