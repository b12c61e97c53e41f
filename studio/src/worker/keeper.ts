/** Moments of a run that can be returned to: its checkpoints, and the network before the first step. */
import type { NdArray, nn } from "fovea";
import { readSafetensors } from "fovea/formats";
import type { Moment } from "./api.ts";

/** Beyond these bytes every second moment is forgotten. */
const MOST_BYTES = 256 * 2 ** 20;

/** A moment with its checkpoint. */
export interface Kept extends Moment {
  readonly bytes: Uint8Array;
}

const START: Moment = { epoch: 0, step: 0 };

/** Whether a moment is earlier than another, or the same. */
export const isUpTo = (one: Moment, other: Moment): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.step <= other.step);

const isSame = (one: Moment, other: Moment): boolean => one.epoch === other.epoch && one.step === other.step;

export class Keeper {
  readonly #model: nn.Model;
  /** The values of the network's variables before the first step. */
  readonly #first: ReadonlyMap<string, NdArray>;
  readonly #mostBytes: number;
  #kept: readonly Kept[] = [];

  constructor(model: nn.Model, mostBytes = MOST_BYTES) {
    this.#model = model;
    this.#first = new Map(variablesOf(model).map(({ name, variable }) => [name, variable.value.copy()]));
    this.#mostBytes = mostBytes;
  }

  /** The beginning, whole epochs, and perhaps a pause within the last. */
  get moments(): readonly Moment[] {
    return [START, ...this.#kept.map(({ epoch, step }) => ({ epoch, step }))];
  }

  /** The checkpoint of a moment; `undefined` for the beginning. @throws Error for one that was not kept */
  checkpoint(moment: Moment): Uint8Array | undefined {
    if (isSame(moment, START)) return undefined;
    const found = this.#kept.find((one) => isSame(one, moment));
    if (found === undefined) throw new Error(`epoch ${moment.epoch}, step ${moment.step} was not kept`);
    return found.bytes;
  }

  /** Keeps a moment as the last one. Pauses within an epoch go when a later moment comes. @param best an epoch that must stay */
  keep(moment: Moment, bytes: Uint8Array, best: number): void {
    const earlier = this.#kept.filter((one) => one.step === 0 && isUpTo(one, moment) && !isSame(one, moment));
    this.#kept = [...earlier, { ...moment, bytes }];
    const total = this.#kept.reduce((sum, one) => sum + one.bytes.length, 0);
    if (total <= this.#mostBytes) return;
    this.#kept = this.#kept.filter(
      (one, i, all) => (all.length - 1 - i) % 2 === 0 || (one.step === 0 && one.epoch === best),
    );
  }

  /** Forgets what comes after a moment. */
  forgetAfter(moment: Moment): void {
    this.#kept = this.#kept.filter((one) => isUpTo(one, moment));
  }

  /** The values of the network's variables at a moment that was kept, by name. @throws Error for one that was not */
  valuesAt(moment: Moment): ReadonlyMap<string, NdArray> {
    const values = this.#valuesAt(moment);
    return new Map(this.#model.variables.map(({ name }) => [name, values.get(`model/${name}`)!]));
  }

  /** Sets the network to a moment. @throws Error for one that was not kept */
  restore(moment: Moment): void {
    const values = this.#valuesAt(moment);
    for (const { name, variable } of variablesOf(this.#model)) variable.value = values.get(name)!.copy();
  }

  #valuesAt(moment: Moment): ReadonlyMap<string, NdArray> {
    const bytes = this.checkpoint(moment);
    return bytes === undefined ? this.#first : readSafetensors(bytes, "a checkpoint").tensors;
  }
}

/** What a run changes of a model, by its names in a checkpoint. */
const variablesOf = ({ variables, random }: nn.Model) => [
  ...variables.map((variable) => ({ name: `model/${variable.name}`, variable })),
  { name: "random/seed", variable: random.seed },
  { name: "random/position", variable: random.position },
];
