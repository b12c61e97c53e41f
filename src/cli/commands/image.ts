/** `fovea image`: classical image processing. */
import { Command } from "commander";
import type { Output } from "../io.ts";
import { cannyCommand } from "./image-canny.ts";
import { filterCommand } from "./image-filter.ts";
import { harrisCommand } from "./image-harris.ts";
import { siftCommand } from "./image-sift.ts";

export function imageCommand(output: Output): Command {
  return new Command("image")
    .summary("filter pictures, find edges, corners and keypoints")
    .description("Classical image processing: filters, edges, corners, keypoints.")
    .addCommand(filterCommand(output))
    .addCommand(cannyCommand(output))
    .addCommand(harrisCommand(output))
    .addCommand(siftCommand(output));
}
