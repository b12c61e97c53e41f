/** Every text of the studio, in English: a file for each area. */
import { frame } from "./frame.ts";
import { look } from "./look.ts";
import { parts } from "./parts.ts";
import { take } from "./take.ts";

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
  frame,
  look,
  parts,
  take,
};
