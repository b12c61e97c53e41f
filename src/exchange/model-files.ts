/** What a model can be exported as: the kinds of files, by the ending of their names. */
import { didYouMean, type NdArray, OptionError, shorten } from "../array/index.ts";
import { writeNpz, writeSafetensors } from "../formats/index.ts";
import { checkModel, type Model } from "../nn/index.ts";
import { readOptions } from "../options/index.ts";
import { type OnnxOptions, toOnnx } from "./onnx/to-onnx.ts";

/** A kind of file that models are exported as. */
export interface ModelFileKind {
  /** One line on what is in it. */
  readonly summary: string;
  /** The bytes of a file. */
  readonly write: (model: Model, options: OnnxOptions) => Promise<Uint8Array>;
}

/** The tensors of a model by their names, in the order of the layers. */
const tensorsOf = ({ variables }: Model): Promise<(readonly [string, NdArray])[]> =>
  Promise.all(variables.map(async (variable) => [variable.name, await variable.fetch()] as const));

/** A file of nothing but tensors, which has no options. */
const tensorFile = (
  name: string,
  summary: string,
  write: (tensors: readonly (readonly [string, NdArray])[]) => Uint8Array | Promise<Uint8Array>,
): ModelFileKind => ({
  summary,
  write: async (model, options) => {
    readOptions(`export to ${name}`, {}, options);
    return write(await tensorsOf(model));
  },
});

/** The kinds of files by their endings. */
export const modelFiles: Readonly<Record<string, ModelFileKind>> = {
  ".onnx": { summary: "the network and its weights, for ONNX runtimes", write: toOnnx },
  ".safetensors": tensorFile(".safetensors", "the weights alone, by the paths of the layers", (tensors) =>
    writeSafetensors(tensors),
  ),
  ".npz": tensorFile(".npz", "the weights alone, for NumPy", (tensors) => writeNpz(tensors)),
};

/**
 * A model as the bytes of a file of the kind that its name ends in: `.onnx`, `.safetensors`, `.npz`. The last two hold the
 * weights alone; `model.save` writes a file from which the model can be loaded.
 * @param options those of `toOnnx`; for `.onnx` only
 * @throws OptionError for another ending, and for options that the kind does not have; for `.onnx` what `toOnnx` throws
 */
export async function exportModel(model: Model, name: string, options: OnnxOptions = {}): Promise<Uint8Array> {
  checkModel("exportModel", model);
  const ending = Object.keys(modelFiles).find((ending) => name.endsWith(ending));
  if (ending === undefined)
    throw new OptionError(
      `exportModel ${shorten(name)}: the ending says what to write${didYouMean(/\.\w+$/.exec(name)?.[0] ?? "", Object.keys(modelFiles))}`,
    );
  return modelFiles[ending].write(model, options);
}
