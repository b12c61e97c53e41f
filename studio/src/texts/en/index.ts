/** Every text of the studio, in English: a file for each area. */
import { draw } from "./draw.ts";
import { frame } from "./frame.ts";
import { network } from "./network.ts";
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
  draw,
  frame,
  network,
  parts,
};
