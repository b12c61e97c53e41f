/**
 * Architectures: networks that can be asked for by name. One is a function of its options, the classes and the input among
 * them, that gives the layer. To add a family: a file with a table of variants and an exported constant for each, named as the
 * architecture; lines in `catalog.ts` and `public.ts`.
 */
import type { Shape } from "../array/index.ts";
import type { Layer, Model } from "../nn/index.ts";
import {
  defineFactory,
  type GivenOf,
  integer,
  type Kind,
  type OptionalKind,
  type Schema,
  type ValuesOf,
  withDefault,
} from "../options/index.ts";
import type { DescribedArchitecture, PretrainedOptions } from "./weights/index.ts";

/** The options of every architecture. */
export interface ArchitectureOptions {
  /** The shape of one picture, [channels, height, width]. Default: that which the network was described for. */
  readonly input?: Shape | undefined;
  /** The number of classes, of scores that it gives. Default: those which the network was described for. */
  readonly classes?: number | undefined;
}

/** A network that can be asked for by name: called with options, it gives the layer. */
export interface Architecture<O extends object = ArchitectureOptions> {
  /**
   * With `weights`, a promise of a model: `imagenet` and other published weights, or the path of a file.
   * @throws OptionError for options that it does not take, and weights of an unknown name; DataError for a file that cannot
   *   be fetched or read; FormatError for one that does not fit
   */
  (options: O & PretrainedOptions): Promise<Model>;
  /** @throws OptionError for options that it does not take */
  (options?: O): Layer;
  /** The name in the catalog: torchvision's, or timm's where torchvision has none. */
  readonly name: string;
  /** One line on the network: its source and its shape. */
  readonly summary: string;
  /** The input that it was described for, [channels, height, width]. */
  readonly input: Shape;
  /** The number of classes that it was described for. */
  readonly classes: number;
  /** What else is to be said of it, such as where published counts differ from those of `summarize`. */
  readonly notes: string | undefined;
  /** What the options take, and their defaults: `input` and `classes`, then those of the family. */
  readonly options: Schema;
  /** The names of the options. */
  readonly optionNames: readonly string[];
}

/** Options of a family: all have defaults. */
type FamilySchema = Readonly<Record<string, OptionalKind<unknown>>>;

/** What the network of an architecture is made from: options that have been read. */
export type NetworkOptions<S extends Schema = Record<never, never>> = ValuesOf<S> & {
  readonly input: Shape;
  readonly classes: number;
};

/** An architecture, as `defineArchitecture` takes it. */
export interface ArchitectureDefinition<S extends FamilySchema> {
  /** The name in the catalog: torchvision's, or timm's where torchvision has none. */
  readonly name: string;
  /** One line on the network: its source and its shape. */
  readonly summary: string;
  /** The input that it was described for. Default [3, 224, 224]. */
  readonly input?: Shape | undefined;
  /** The number of classes that it was described for. Default 1000. */
  readonly classes?: number | undefined;
  /** What else is to be said of it; `fovea summary` prints it. */
  readonly notes?: string | undefined;
  /** The options of the family. Default: none. */
  readonly options?: S | undefined;
  /** Makes the layer from options that have been read. */
  readonly network: (options: NetworkOptions<S>) => Layer;
}

const isPicture = (value: unknown): value is Shape =>
  Array.isArray(value) && value.length === 3 && value.every((n) => Number.isSafeInteger(n) && n > 0);

/** The shape of one picture. */
const pictureShape: Kind<Shape> = {
  expects: "the shape of one picture, [channels, height, width]",
  read: (value) => (isPicture(value) ? [...value] : undefined),
};

/** What reads weights is loaded when it is needed. */
async function loadPretrained(architecture: DescribedArchitecture, options: PretrainedOptions): Promise<Model> {
  const { pretrained } = await import("./weights/pretrained.ts");
  return (await pretrained(architecture, options)).model;
}

const isPretrained = (options: object | undefined): options is PretrainedOptions =>
  (options as { weights?: unknown } | undefined)?.weights !== undefined;

/**
 * Defines an architecture.
 * @example
 * const tiny = defineArchitecture({
 *   name: "tiny",
 *   summary: "a linear classifier",
 *   input: [1, 28, 28],
 *   classes: 10,
 *   network: ({ classes }) => nn.sequential(nn.flatten(), nn.linear(classes)),
 * });
 * tiny({ classes: 3 });
 */
export function defineArchitecture<const S extends FamilySchema = Record<never, never>>({
  name,
  summary,
  input = [3, 224, 224],
  classes = 1000,
  notes,
  options,
  network,
}: ArchitectureDefinition<S>): Architecture<GivenOf<S> & ArchitectureOptions> {
  const schema = { input: withDefault(pictureShape, input), classes: withDefault(integer(1), classes), ...options };
  const create = defineFactory<Schema, Layer>({
    type: name,
    options: schema,
    make: (read) => network(read as NetworkOptions<S>),
  });
  const about = { name, summary, input, classes, notes, options: schema, optionNames: Object.keys(schema) };
  const call = (given?: object): Layer | Promise<Model> =>
    isPretrained(given) ? loadPretrained({ create, name, input, classes }, given) : create(given);
  // The name of a function cannot be assigned.
  for (const [key, value] of Object.entries(about)) Object.defineProperty(call, key, { value, enumerable: true });
  return call as Architecture<GivenOf<S> & ArchitectureOptions>;
}
