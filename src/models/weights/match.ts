/** Brings the tensors of a file and the variables of a model together, and says what does not fit. */
import { FormatError, isFloat, type NdArray, sameShape, shorten } from "../../array/index.ts";
import { formatType, type Variable } from "../../graph/index.ts";
import { fromLayout } from "./layouts.ts";
import { spellings, type Translation, translated } from "./spellings.ts";

/** What came of matching a file with a model. */
export interface Match {
  /** The values of variables, in the model's types. */
  readonly values: ReadonlyMap<Variable, NdArray>;
  /** Variables without a tensor. */
  readonly missing: readonly Variable[];
  /** Variables whose tensor has another shape or kind of elements. */
  readonly unfit: readonly { readonly variable: Variable; readonly tensor: NdArray }[];
  /** The names of tensors without a variable, as in the file. */
  readonly leftOver: readonly string[];
}

/** Counters of batch normalization: old files have none, and they change nothing. */
const isOptional = (name: string): boolean => name.endsWith("num_batches_tracked");

/**
 * Finds the tensor of each variable.
 * @param where what messages begin with
 * @throws FormatError for two tensors of one name
 */
export function match(
  variables: readonly Variable[],
  tensors: ReadonlyMap<string, NdArray>,
  given: Translation | undefined,
  where: string,
): Match {
  const prefix = commonPrefix([...tensors.keys()], variables);
  const inFile = new Map(Array.from(tensors, ([name, tensor]) => [name.slice(prefix.length), { name, tensor }]));
  const translations = given === undefined ? spellingsOf(variables, inFile) : [given];
  const named = rename(inFile, translations, where);
  const layouts = translations.flatMap((one) => one.layouts ?? []);
  const values = new Map<Variable, NdArray>();
  const missing: Variable[] = [];
  const unfit: { variable: Variable; tensor: NdArray }[] = [];
  for (const variable of variables) {
    const found = named.get(variable.name);
    named.delete(variable.name);
    if (found === undefined) {
      if (!isOptional(variable.name)) missing.push(variable);
      continue;
    }
    const [, layout] = layouts.find(([pattern]) => pattern.test(variable.name)) ?? [];
    const tensor =
      layout === undefined ? found.tensor : fromLayout(layout, found.tensor, `${where}: tensor ${found.name}`);
    if (fits(variable, tensor))
      values.set(variable, tensor.dtype === variable.dtype ? tensor : tensor.cast(variable.dtype));
    else unfit.push({ variable, tensor });
  }
  return {
    values,
    missing,
    unfit,
    leftOver: [...named.values()].map(({ name }) => name).filter((n) => !isOptional(n)),
  };
}

const fits = (variable: Variable, tensor: NdArray): boolean =>
  sameShape(variable.shape, tensor.shape) && isFloat(variable.dtype) === isFloat(tensor.dtype);

const spellingsOf = (variables: readonly Variable[], inFile: ReadonlyMap<string, Named>) => {
  const file = new Set(inFile.keys());
  const network = new Set(variables.map(({ name }) => name));
  return spellings.filter(({ applies }) => applies(file, network));
};

/** A tensor and its name in the file. */
interface Named {
  readonly name: string;
  readonly tensor: NdArray;
}

/** The tensors by their names in the model. */
function rename(
  inFile: ReadonlyMap<string, Named>,
  translations: readonly Translation[],
  where: string,
): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const [name, tensor] of inFile) {
    const to = translations.reduce<string | undefined>(
      (text, one) => (text === undefined ? undefined : translated(text, one)),
      name,
    );
    if (to === undefined) continue;
    const other = named.get(to);
    if (other !== undefined)
      throw new FormatError(`${where}: ${shorten(other.name)} and ${shorten(tensor.name)} are both for ${shorten(to)}`);
    named.set(to, tensor);
  }
  return named;
}

/**
 * The layers that all names of a file lie in and the model has not: `module.` of data-parallel training, `_orig_mod.` of
 * compiled networks, `model.` and `backbone.` of programs around the network.
 */
function commonPrefix(names: readonly string[], variables: readonly Variable[]): string {
  const [first = ""] = names;
  let prefix = "";
  for (;;) {
    const next = first.slice(0, first.indexOf(".", prefix.length) + 1);
    const layer = next.slice(prefix.length);
    const isShared = next.length > prefix.length && names.every((name) => name.startsWith(next));
    if (!isShared || variables.some(({ name }) => name.startsWith(layer))) return prefix;
    prefix = next;
  }
}

/** The number of names of each kind that a message lists. */
const LISTED = 6;

const list = (items: readonly string[], title: string): string[] => {
  if (items.length === 0) return [];
  const more = items.length > LISTED ? [`    and ${items.length - LISTED} more`] : [];
  return [`  ${title}:`, ...items.slice(0, LISTED).map((item) => `    ${item}`), ...more];
};

/** What does not fit, as the lines of a message; none if all fits. */
export const complaints = ({ missing, unfit, leftOver }: Omit<Match, "values">): string[] => [
  ...list(
    unfit.map(({ variable, tensor }) => `${variable.name} is ${formatType(tensor)}, expected ${formatType(variable)}`),
    "of another shape",
  ),
  ...list(
    missing.map((variable) => `${variable.name} ${formatType(variable)}`),
    "missing in the file",
  ),
  ...list(
    leftOver.map((name) => shorten(name)),
    "in the file, but not in the network",
  ),
];
