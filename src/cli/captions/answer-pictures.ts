/** `fovea predict` for a run of `fovea train --task caption`: a sentence on each picture, and where the network looked. */
import type { NdArray } from "../../array/index.ts";
import type { Engine } from "../../engines/index.ts";
import { crop, type Rectangle, resize, withoutAlpha } from "../../image/index.ts";
import { type Answer, captionPanels, createCaptioner } from "../../train/index.ts";
import type { Output } from "../io.ts";
import { captionTask } from "../train-tasks/caption.ts";
import { tokenizerOf } from "../train-tasks/text.ts";
import { runOfOtherTask } from "../trained-run.ts";

interface CaptionFlags {
  readonly beam?: number | undefined;
  /** Where drawings go, if they are wanted. */
  readonly draw?: string | undefined;
  readonly engine: Engine;
}

/**
 * Answers a picture [1, channels, height, width] as a model takes it.
 * @param view the part of the whole picture that it shows
 */
export type AnswerPicture = (input: NdArray, view: Rectangle) => Promise<Answer>;

/** Answers with sentences; `undefined` for everything but a run of `--task caption`. */
export async function captionAnswers(
  path: string,
  { beam, draw, engine }: CaptionFlags,
  output: Output,
): Promise<AnswerPicture | undefined> {
  const run = await runOfOtherTask(path, output);
  if (run?.task.name !== captionTask.name) return undefined;
  const { model, context } = run;
  const tokenizer = await tokenizerOf(context.kept);
  const captioner = createCaptioner(model, tokenizer, { beam, engine });
  const hasAttention = run.config.model === "attention";
  return async (input, view) => {
    const [caption] = await captioner.describe(input);
    const { text, logProbability, score } = caption;
    const isLooking = draw !== undefined && hasAttention;
    const attended = isLooking ? await captioner.attention(input.row(0), caption) : undefined;
    return {
      text,
      json: { sentence: text, logProbability, score },
      draw: (picture, zoom = 1) => {
        const seen = crop(withoutAlpha(picture), roundedView(view));
        return captionPanels(resize(seen, zoom * seen.width, zoom * seen.height), text, attended);
      },
    };
  };
}

/** Whole pixels. */
const roundedView = ({ x, y, width, height }: Rectangle): Rectangle => ({
  ...{ x: Math.round(x), y: Math.round(y) },
  ...{ width: Math.round(width), height: Math.round(height) },
});
