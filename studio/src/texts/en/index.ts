/** Every text of the studio, in English: a file for each area. */

import { data } from "./data.ts";
import { draw } from "./draw.ts";
import { editor } from "./editor.ts";
import { frame } from "./frame.ts";
import { look } from "./look.ts";
import { network } from "./network.ts";
import { parts } from "./parts.ts";
import { runs } from "./runs.ts";
import { start } from "./start.ts";
import { steps } from "./steps.ts";
import { take } from "./take.ts";
import { train } from "./train.ts";

export const en = {
  name: "Fovea studio",
  areas: {
    start: "Start",
    train: "Train",
    draw: "Draw",
    look: "Look",
    steps: "Step by step",
    take: "Take away",
    runs: "Runs",
  },
  draw,
  data,
  editor,
  frame,
  look,
  network,
  parts,
  runs,
  start,
  train,
  steps,
  take,
};
