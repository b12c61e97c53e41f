/** Every text of the studio, in English: a file for each area. */
import { data } from "./data.ts";
import { editor } from "./editor.ts";
import { frame } from "./frame.ts";
import { parts } from "./parts.ts";

export const en = {
  name: "Fovea studio",
  areas: {
    start: "Start",
    train: "Train",
    draw: "Draw",
    look: "Look",
    steps: "Step by step",
    take: "Take away",
  },
  data,
  editor,
  frame,
  parts,
};
