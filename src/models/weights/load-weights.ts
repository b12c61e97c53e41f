/** Puts the weights of a file into a model: any file of tensors that Fovea reads, with the names of other libraries. */
import { FormatError, type NdArray, OptionError } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { complaints, type Match, match } from "./match.ts";
import { readWeights, readWeightsFile } from "./read-weights.ts";
import type { Translation } from "./spellings.ts";

/** Options of `loadWeights`. */
export interface LoadWeightsOptions {
  /**
   * How names and layouts of the file become those of the model. Default: the spellings that are known are recognized; a
   * prefix of all names that the model has not, such as `module.`, is left out.
   */
  readonly translation?: Translation | undefined;
  /**
   * Whether the model may have other classes than the file: tensors that differ only in the number of classes, the length of
   * their first axis, keep the values of the model. Default false: they are an error.
   */
  readonly newClasses?: boolean | undefined;
  /**
   * Whether tensors that the model has no use for, and parameters that the file lacks, are passed over with a notice, as for
   * a backbone. Default false: they are an error.
   */
  readonly partial?: boolean | undefined;
  /** The name of the file in messages, where bytes or tensors are given. */
  readonly name?: string | undefined;
  /** Called with notices on what keeps its values. Default: none. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** What a file has given to a model. */
export interface LoadedWeights {
  /** The names of the variables that have got a value. */
  readonly loaded: readonly string[];
  /** The names of those that have kept theirs. */
  readonly kept: readonly string[];
  /** The names of tensors of the file that have not been used, as in the file. */
  readonly unused: readonly string[];
}

const optionNames = namesOf<LoadWeightsOptions>({
  translation: true,
  newClasses: true,
  partial: true,
  name: true,
  onNotice: true,
});

/**
 * Sets the parameters and running statistics of a model from a file: PyTorch's `.pth`, safetensors, NumPy's `.npz`; from its
 * bytes; or from tensors by name. Nothing changes if they do not fit.
 * @example
 * const model = Model.build(resnet18({ classes: 10 }), { input: [3, 224, 224] });
 * await loadWeights(model, "resnet18-f37072fd.pth", { newClasses: true });
 * @throws FormatError for a file that does not fit, with a list of what is missing, left over or of another shape
 */
export async function loadWeights(
  model: Model,
  weights: string | Uint8Array | ReadonlyMap<string, NdArray>,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  checkNames("loadWeights", optionNames, options);
  const { name = typeof weights === "string" ? weights : "the weights" } = options;
  return assignWeights(model, await tensorsOf(weights, name), { ...options, name });
}

async function tensorsOf(
  weights: string | Uint8Array | ReadonlyMap<string, NdArray>,
  name: string,
): Promise<ReadonlyMap<string, NdArray>> {
  if (weights instanceof Map) return weights;
  if (weights instanceof Uint8Array) return (await readWeights(weights, name)).tensors;
  if (typeof weights === "string") return (await readWeightsFile(weights)).tensors;
  throw new OptionError("loadWeights: expects a path, the bytes of a file, or a map of tensors by name");
}

/** The same for tensors that have been read. @throws FormatError for tensors that do not fit */
export function assignWeights(
  { variables }: Model,
  tensors: ReadonlyMap<string, NdArray>,
  { translation, newClasses = false, partial = false, name = "the weights", onNotice }: LoadWeightsOptions,
): LoadedWeights {
  const found = match(variables, tensors, translation, name);
  const head = newClasses ? headIn(found) : undefined;
  const problems = complaints({
    unfit: found.unfit.filter((one) => !head?.unfit.includes(one)),
    missing: partial ? [] : found.missing,
    leftOver: partial ? [] : found.leftOver,
  });
  if (problems.length > 0)
    throw new FormatError([`${name}: the weights do not fit the network:`, ...problems].join("\n"));
  for (const [variable, value] of found.values) variable.value = value;
  const kept = [...found.missing, ...found.unfit.map(({ variable }) => variable)].map((variable) => variable.name);
  for (const notice of noticesOf(found, head, name)) onNotice?.(notice);
  return { loaded: [...found.values.keys()].map((variable) => variable.name), kept, unused: found.leftOver };
}

/** The layers that give the scores of the classes, where file and model have different ones. */
interface Head {
  readonly unfit: Match["unfit"];
  /** The number of classes in the file, and in the model. */
  readonly counts: readonly [file: number, model: number];
}

/** Tensors of another length along their first axis, all of the same two lengths as the last one. */
function headIn({ unfit }: Match): Head | undefined {
  const countsOf = ({ variable, tensor }: Match["unfit"][number]) => [tensor.shape[0], variable.shape[0]] as const;
  const heads = unfit.filter(
    ({ variable, tensor }) =>
      variable.shape.length === tensor.shape.length && variable.shape.every((n, i) => i === 0 || n === tensor.shape[i]),
  );
  // The layer of the scores is the last one.
  const last = heads.at(-1);
  if (last === undefined) return undefined;
  const counts = countsOf(last);
  return { unfit: heads.filter((one) => countsOf(one).join() === counts.join()), counts };
}

function noticesOf({ missing, leftOver }: Match, head: Head | undefined, name: string): string[] {
  const listed = (names: readonly string[]): string =>
    names.length > 4 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
  const notices: string[] = [];
  if (head !== undefined) {
    const [theirs, ours] = head.counts;
    const which = head.unfit.map(({ variable }) => variable.name);
    notices.push(`${name} has ${theirs} classes, the network ${ours}: ${listed(which)} keep their initial values`);
  }
  if (missing.length > 0)
    notices.push(`${name} lacks ${listed(missing.map((one) => one.name))}, which keep their values`);
  if (leftOver.length > 0) notices.push(`${name}: not used are ${listed(leftOver)}`);
  return notices;
}
