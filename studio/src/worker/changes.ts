/**
 * What a person changed by hand while a run went on, as a text of the recipe: `120:rate=0.02,250:train17=3`. A change takes effect
 * after the steps that it names; with them an address gives the same bits as the run that was touched.
 */

/** Settings that may change between two steps. */
export const steerable = ["rate", "momentum", "decay"] as const;
export type Steerable = (typeof steerable)[number];
export type Settings = Readonly<Record<Steerable, number>>;

/** A part of the data whose labels may change. */
export const labeledParts = ["train", "heldOut"] as const;
export type LabeledPart = (typeof labeledParts)[number];

export interface Change {
  /** Steps of the whole run before it takes effect. */
  readonly step: number;
  /** A setting; or a part of the data and a row, whose label changes: `train17`. */
  readonly name: string;
  readonly value: number;
}

const PATTERN = /^(\d+):(rate|momentum|decay|(?:train|heldOut)\d+)=(\d+(?:\.\d+)?(?:e-?\d+)?)$/;

/** @throws Error for a text that describes no changes */
export function readChanges(text: string): Change[] {
  const changes = text === "" ? [] : text.split(",").map(readChange);
  return changes.sort((a, b) => a.step - b.step);
}

function readChange(text: string): Change {
  const [, step, name, value] = PATTERN.exec(text) ?? [];
  if (name === undefined)
    throw new Error(`changes: expected such as 120:rate=0.02 or 120:train17=3, got '${text}'; correct the address`);
  return { step: Number(step), name, value: Number(value) };
}

export const writeChanges = (changes: readonly Change[]): string =>
  changes.map(({ step, name, value }) => `${step}:${name}=${value}`).join(",");

/** Adds a change. What was to be changed later is dropped, as is an earlier value of the same at the same step. */
export const withChange = (changes: readonly Change[], change: Change): Change[] => [
  ...changes.filter(({ step, name }) => step < change.step || (step === change.step && name !== change.name)),
  change,
];

/** What is in force after some steps. */
export function inForce(start: Settings, changes: readonly Change[], steps: number): Settings {
  const due = changes.filter(({ step, name }) => step <= steps && !isLabel(name));
  return { ...start, ...Object.fromEntries(due.map(({ name, value }) => [name, value])) };
}

const isLabel = (name: string): boolean => LABEL.test(name);
const LABEL = /^(train|heldOut)(\d+)$/;

/** A label that is not that of the data. */
export interface Relabeled {
  readonly part: LabeledPart;
  readonly row: number;
  readonly label: number;
}

/** The labels that were set by hand and are in force after some steps: the last of each row. */
export function relabeledAt(changes: readonly Change[], steps: number): Relabeled[] {
  const last = new Map<string, Relabeled>();
  for (const { step, name, value } of changes) {
    const [, part, row] = LABEL.exec(name) ?? [];
    if (part !== undefined && step <= steps)
      last.set(name, { part: part as LabeledPart, row: Number(row), label: value });
  }
  return [...last.values()];
}
