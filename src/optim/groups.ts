/** Parameter groups: parameters with options of their own, selected by name or by a predicate. */
import { namePattern, OptionError } from "../array/index.ts";
import type { Variable } from "../graph/index.ts";
import { type Kind, readOptions, real, type Schema, type ValuesOf, withDefault } from "../options/index.ts";

/** A pattern of whole names in which `*` stands for anything, a regular expression, or a predicate. */
export type ParameterMatch = string | RegExp | ((parameter: Variable) => boolean);

/** Parameters with options of their own. */
export interface ParameterGroup {
  /** Which parameters: `"*.bias"`, `/^features\./`, or `({ shape }) => shape.length === 1`. */
  readonly match: ParameterMatch;
  /** The factor of the learning rate. Default 1; 0 freezes the parameters except for decay. */
  readonly learningRateFactor?: number | undefined;
  /** Any option of the optimizer's rule, such as `weightDecay: 0`. */
  readonly [option: string]: unknown;
}

/**
 * A group for biases and for the scales of normalizations, which should not be penalized: every parameter with at most one
 * axis.
 */
export const withoutDecay: ParameterGroup = { match: ({ shape }: Variable) => shape.length <= 1, weightDecay: 0 };

const isMatch = (value: unknown): value is ParameterMatch =>
  typeof value === "string" || typeof value === "function" || value instanceof RegExp;

export const groupsKind: Kind<readonly ParameterGroup[]> = {
  expects: "a list of groups, { match, … } with a pattern, a regular expression or a function",
  read: (value) => (Array.isArray(value) && value.every((group) => isMatch(group?.match)) ? [...value] : undefined),
};

const groupOptions = {
  match: { expects: "a pattern, a regular expression or a function", read: (v) => (isMatch(v) ? v : undefined) },
  learningRateFactor: withDefault(real(0), 1),
} satisfies Record<string, Kind<unknown>>;

/** The options for one parameter. */
export interface Setting<S extends Schema> {
  readonly options: ValuesOf<S>;
  readonly learningRateFactor: number;
}

interface ReadGroup<S extends Schema> extends Setting<S> {
  readonly match: ParameterMatch;
}

/**
 * The groups as given, each with the optimizer's options where it sets none of its own.
 * @throws OptionError naming the optimizer and the group
 */
export const readGroups = <S extends Schema>(
  type: string,
  groups: readonly ParameterGroup[],
  schema: S,
  options: ValuesOf<S>,
): readonly ReadGroup<S>[] =>
  groups.map((group, i) => {
    const own: Schema = Object.fromEntries(
      Object.entries(schema).map(([name, kind]) => [name, withDefault(kind, options[name])]),
    );
    const read = readOptions(`${type}, group ${i}`, { ...groupOptions, ...own }, group);
    const { match, learningRateFactor, ...rest } = read;
    return { match, learningRateFactor, options: rest as ValuesOf<S> };
  });

function matchesParameter(match: ParameterMatch, parameter: Variable): boolean {
  if (typeof match === "function") return match(parameter);
  if (typeof match !== "string") return parameter.name.search(match) >= 0;
  return namePattern(match)(parameter.name);
}

export const settingOf = <S extends Schema>(
  parameter: Variable,
  groups: readonly ReadGroup<S>[],
  rest: Setting<S>,
): Setting<S> => groups.find(({ match }) => matchesParameter(match, parameter)) ?? rest;

/** @throws OptionError for a pattern that matches no parameter, which is probably misspelled */
export function checkPatterns(
  type: string,
  groups: readonly { readonly match: ParameterMatch }[],
  parameters: readonly Variable[],
): void {
  groups.forEach(({ match }, i) => {
    if (typeof match === "function" || parameters.some((parameter) => matchesParameter(match, parameter))) return;
    const names = parameters.map(({ name }) => name).join(", ");
    throw new OptionError(`${type}, group ${i}: no parameter matches ${formatMatch(match)}; there are ${names}`);
  });
}

const formatMatch = (match: ParameterMatch): string => (typeof match === "string" ? `'${match}'` : String(match));

/** A description of groups, by which runs are compared. */
export const describeGroups = (groups: readonly ParameterGroup[]): string =>
  `[${groups
    .map(({ match, ...others }) =>
      [formatMatch(match), ...Object.entries(others).map((pair) => pair.join(" "))].join(" "),
    )
    .join("; ")}]`;
