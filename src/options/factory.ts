/**
 * Things with options: optimizers, schedules, layers, steps of augmentation, initializers. What makes things of one type is
 * a factory: a function of the options, which are read by a schema.
 */
import { type GivenOf, readOptions, type Schema, type ValuesOf } from "./schema.ts";

/** What there is to know of a factory besides what it makes. */
export interface FactoryParts {
  /** The name of the type, unique in its catalog; configurations and saved files hold it. */
  readonly type: string;
  /** The names of the options. */
  readonly optionNames: readonly string[];
  /** What the options take, and their defaults. */
  readonly schema: Schema;
}

/** Makes things of one type from options: `sgd({ momentum: 0.9 })`. */
export interface Factory<O extends object, T> extends FactoryParts {
  /** @throws OptionError for options that it does not take */
  (...options: Record<never, never> extends O ? [options?: O] : [options: O]): T;
}

/** A factory whose options are not known to the compiler, such as an entry of a catalog. */
export interface AnyFactory<T> extends FactoryParts {
  /** @throws OptionError for options that it does not take */
  (options?: object): T;
}

/** A type of things, as `defineFactory` takes it. */
export interface FactoryDefinition<S extends Schema, T> {
  /** The name of the type. */
  readonly type: string;
  /** The kinds of the options. */
  readonly options: S;
  /** Makes a thing from options that have been read, with defaults filled in. */
  readonly make: (options: ValuesOf<S>) => T;
  /** What messages about options begin with. Default: the type. */
  readonly where?: string | undefined;
}

/** The factory of a type. */
export function defineFactory<S extends Schema, T>({
  type,
  options: schema,
  make,
  where = type,
}: FactoryDefinition<S, T>): AnyFactory<T> {
  const create = (given: object = {}): T => make(readOptions(where, schema, given as GivenOf<S>));
  return Object.assign(create, { type, optionNames: Object.keys(schema), schema });
}
