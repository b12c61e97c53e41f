/** `fovea predict`: what a trained model sees in pictures. */
import { Command } from "commander";
import { DataError, FoveaError, type NdArray, OptionError, type Shape } from "../../array/index.ts";
import { type Engine, openEngine } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { integer, optional } from "../../options/index.ts";
import { type Answer, answer, writingOptions } from "../../train/index.ts";
import { type AnswerPicture, captionAnswers } from "../captions/answer-pictures.ts";
import { drawerTo } from "../drawings.ts";
import { bar, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { loadTrained } from "../load-model.ts";
import { inputOf, pictureShape, wantedShape } from "../model-pictures.ts";
import { engineOption, jsonOption, runHelp, threadsOption, wholeNumber } from "../options.ts";
import { pictureKinds } from "../pictures.ts";
import { namedFiles } from "../predict-files.ts";
import { answerTexts, inputLines } from "../texts/answer-texts.ts";
import { openTextRun } from "../texts/text-run.ts";
import { describeMiddle, isLarger, middleOf, viewOfMiddle } from "../views.ts";
import { visibleName } from "../visible.ts";

interface Flags {
  readonly top: number;
  readonly invert?: boolean;
  readonly resize?: boolean;
  readonly draw?: string;
  readonly beam?: number;
  readonly engine: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea predict runs/lenet5-digits digit.png
  $ fovea predict runs/lenet5-digits --invert --resize photo.jpg    dark ink on light paper, any size
  $ fovea predict squeezenet1_1 photo.jpg                           a network with published weights
  $ fovea predict runs/lenet5-pets holidays 'more/*.jpg' --json     a folder, and what is named like a pattern
  $ fovea predict runs/attention-scenes scene.png --draw looked.png   a sentence, and where it looked for each word
  $ fovea predict runs/kim-questions.txt "Who was Galileo ?"        a text, after fovea train --task text
  $ fovea predict runs/kim-questions.txt < questions                each line of a file
`;

export function predictCommand(output: Output): Command {
  return new Command("predict")
    .summary("what is in pictures, or classes of texts")
    .description(
      `Reads pictures (${pictureKinds}) and prints the most likely classes of each. A file that cannot be read is named, ` +
        "the others are answered, and the exit code is 1 at the end. A run on texts is asked about texts.",
    )
    .argument("<run>", runHelp)
    .argument(
      "[input...]",
      "texts, or lines of standard input where none is given, after a run on texts; else pictures, folders and archives with pictures at any depth, and patterns such as '*.png'; of the model's input size, " +
        "or of any size with --resize after a run on pictures of a folder, and with published weights, to whose size they are scaled",
    )
    .option("--top <n>", "how many classes to print", wholeNumber(1), 3)
    .option("--invert", "exchange dark and light, for dark ink on light paper")
    .option("--resize", "scale pictures to the model's input size; what stands over at two sides is cut off")
    .option(
      "--draw <path>",
      "draw what was found on each picture: to a file such as out.png, or for several pictures to a folder",
    )
    .addOption(
      libraryOption<number | undefined>({
        flag: "--beam <n>",
        about:
          "of --task caption: how many beginnings of a sentence are kept; 1 takes the most probable word each time",
        kind: optional(integer(1)),
        absent: String(writingOptions.beam.fallback),
      }),
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action(async (run: string, inputs: string[], flags: Flags) => {
      const texts = await openTextRun(run, output);
      if (texts === undefined) return predictAll(run, inputs, flags, output);
      const stranger = (["invert", "resize", "draw", "beam"] as const).find((name) => flags[name] !== undefined);
      if (stranger !== undefined) throw new OptionError(`--${stranger} is for pictures; leave it out`);
      const engine = await openEngine(flags.engine, { threads: flags.threads });
      return answerTexts(texts, inputs.length > 0 ? inputs : inputLines(), { ...flags, engine }, output);
    });
}

async function predictAll(run: string, words: readonly string[], flags: Flags, output: Output): Promise<void> {
  if (words.length === 0) throw new OptionError("predict: name pictures, folders or archives after the model");
  const trained = await loadTrained(run, output);
  const { model } = trained;
  const shape = pictureShape(model);
  const wanted = wantedShape(trained, flags);
  const engine = await openEngine(flags.engine, { threads: flags.threads });
  const captions = await captionAnswers(run, { ...flags, engine }, output);
  if (captions === undefined && flags.beam !== undefined)
    throw new OptionError("--beam is for runs of --task caption; leave it out");
  const ask = captions ?? askWith(model, engine);
  if (wanted !== undefined && isLarger(wanted, shape)) output.log(describeMiddle(run, shape));
  const drawer = flags.draw === undefined ? undefined : drawerTo(flags.draw);
  const inverted: string[] = [];
  let [count, failed] = [0, 0];
  // Said before the next file: the error of the only one is that of the command.
  let unsaid: FoveaError | undefined;
  const say = (): void => {
    if (unsaid !== undefined) output.log(`${output.paint("red", "error:")} ${unsaid.message}`);
    unsaid = undefined;
  };
  for await (const file of namedFiles(words)) {
    count++;
    say();
    try {
      const { input, view } = await inputOf(file, model, wanted, flags);
      const told = await ask(middleOf(input, shape), viewOfMiddle(view, input.shape.slice(1), shape));
      const drawing = "bytes" in file ? await drawer?.(told, file) : undefined;
      print({ path: file.path, drawing }, told, flags, output);
      if (!flags.invert && told.choices !== undefined && looksInverted(input, shape, model)) inverted.push(file.path);
    } catch (error) {
      if (!(error instanceof FoveaError) || error instanceof OptionError) throw error;
      failed++;
      unsaid = error;
    }
  }
  if (inverted.length > 0)
    output.log(`${lookDark(inverted)} dark on light; for a model of light ink on dark add --invert`);
  if (count === 1 && unsaid !== undefined) throw unsaid;
  say();
  if (failed > 0) throw new DataError(`${failed} of ${count} files cannot be answered`);
}

/** Answers of the task that a model was trained for. */
const askWith =
  (model: Model, engine: Engine): AnswerPicture =>
  async (input, view) => {
    const [told] = await answer(model, input, { engine, views: [view] });
    return told;
  };

/** More than half of the light is on, before a model of pictures that are mostly dark. */
const looksInverted = ({ data }: NdArray, [channels]: Shape, { inputs }: Model): boolean =>
  channels === 1 &&
  (Object.values(inputs)[0].normalization?.mean[0] ?? 0) < 0.5 &&
  Array.from(data).reduce((sum, x) => sum + x, 0) > 127.5 * data.length;

const lookDark = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? `${first} looks` : `${first} and ${others.length} more look`;

/** A picture, and where the answer was drawn on it. */
interface Told {
  readonly path: string;
  readonly drawing: string | undefined;
}

function print({ path, drawing }: Told, { text, json, choices }: Answer, flags: Flags, output: Output): void {
  const top = choices?.slice(0, flags.top);
  if (flags.json) {
    output.print(
      JSON.stringify({ image: path, ...(top === undefined ? { answer: json } : { classes: top }), drawing }),
    );
    return;
  }
  output.print(drawing === undefined ? path : `${path}, drawn in ${drawing}`);
  if (top === undefined) {
    output.print(`  ${text}`);
    return;
  }
  const names = top.map((choice) => visibleName(choice.class));
  const width = Math.max(...names.map((name) => name.length));
  for (const [i, { probability }] of top.entries())
    output.print(`  ${names[i].padEnd(width)} ${output.paint("cyan", bar(probability, 24))} ${percent(probability)}`);
}
