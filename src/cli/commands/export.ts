/** `fovea export`: a model as a file for other programs. */
import { Command } from "commander";
import { writeFileAtomic } from "#platform";
import { exportModel, modelFiles, type OnnxOptions, onnxOptions } from "../../exchange/index.ts";
import { Model } from "../../nn/index.ts";
import { bytes } from "../format.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { loadModel } from "../load-model.ts";
import { architectureOf, createNetwork } from "../networks.ts";
import { listRows } from "../options.ts";

interface Flags extends OnnxOptions {
  readonly untrained?: boolean;
}

const help = `
Files, by their endings:
${listRows(modelFiles)}

Examples:
  $ fovea export runs/lenet5-digits digits.onnx --softmax
  $ fovea export runs/lenet5-digits weights.npz
  $ fovea export lenet5 new.onnx --untrained
`;

const options = [
  { flag: "--opset <n>", about: "version of ONNX's operators, 17 or 18", kind: onnxOptions.opset },
  { flag: "--ir-version <n>", about: "version of ONNX's file format, 8, 9 or 10", kind: onnxOptions.irVersion },
  {
    flag: "--normalization <place>",
    about: "where the input is normalized: inside the file, or outside, by the program that runs it",
    kind: onnxOptions.normalization,
  },
  { flag: "--softmax", about: "give probabilities of classes", kind: onnxOptions.softmax },
  {
    flag: "--fold-batch-norm",
    about: "make batch normalization part of the layer before it",
    kind: onnxOptions.foldBatchNorm,
  },
].map((row) => libraryOption<unknown>(row));

export function exportCommand(output: Output): Command {
  const command = new Command("export")
    .summary("a model as a file for other programs")
    .description("Writes a model as an ONNX file, which other runtimes run, or its weights alone.")
    .argument("<model>", "a run folder, a .safetensors file, or a network with published weights")
    .argument("<file>", "what to write; the ending says what it is")
    .option("--untrained", "a network by name, with the weights that training starts from")
    .addHelpText("after", help);
  for (const option of options) command.addOption(option);
  return command.action((name: string, file: string, flags: Flags) => exportTo(name, file, flags, output));
}

async function exportTo(name: string, file: string, flags: Flags, output: Output): Promise<void> {
  const { untrained, ...options } = flags;
  const model = untrained ? untrainedModel(name) : await loadModel(name, output);
  const contents = await exportModel(model, file, options);
  await writeFileAtomic(file, contents);
  output.print(`${file}: ${bytes(contents.length)}`);
}

/** A new model of a network by name, `resnet20` or `vgg11:dropout=0.3`. */
function untrainedModel(name: string): Model {
  const { input, classes } = architectureOf(name);
  return Model.build(createNetwork(name, { input, classes }), { input });
}
