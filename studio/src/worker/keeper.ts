/** Moments of a run that can be returned to: its checkpoints, and the network before the first step. */
import type { NdArray, nn } from "fovea";
import { readSafetensors } from "fovea/formats";
import type { Moment } from "./api.ts";

/** Beyond these bytes every second moment is forgotten. */
const MOST_BYTES = 256 * 2 ** 20;

interface Kept extends Moment {
  readonly bytes: Uint8Array;
}

export class Keeper {
  readonly #model: nn.Model;
  /** The values of the network's variables before the first step. */
  readonly #first: readonly NdArray[];
  #kept: Kept[] = [];

  constructor(model: nn.Model) {
    this.#model = model;
    this.#first = variablesOf(model).map(({ value }) => value.copy());
  }

  /** Whole epochs, the beginning first; the moment of a pause is not among them. */
  get moments(): readonly Moment[] {
    return [
      { epoch: 0, step: 0 },
      ...this.#kept.filter(({ step }) => step === 0).map(({ epoch, step }) => ({ epoch, step })),
    ];
  }

  /** The checkpoint to go on from; `undefined` at the beginning. */
  get latest(): Uint8Array | undefined {
    return this.#kept.at(-1)?.bytes;
  }

  keep({ epoch, step }: Moment, bytes: Uint8Array): void {
    this.#kept = this.#kept.filter((one) => one.step === 0 && one.epoch < epoch);
    this.#kept.push({ epoch, step, bytes });
    const total = this.#kept.reduce((sum, one) => sum + one.bytes.length, 0);
    if (total > MOST_BYTES)
      this.#kept = this.#kept.filter((_, i, all) => i % 2 === all.length % 2 || i === all.length - 1);
  }

  /** The values of the network's variables at a moment that was kept, by name. @throws Error for one that was not */
  valuesAt({ epoch, step }: Moment): ReadonlyMap<string, NdArray> {
    const { variables } = this.#model;
    if (epoch === 0 && step === 0) return new Map(variables.map(({ name }, i) => [name, this.#first[i]]));
    const found = this.#kept.find((one) => one.epoch === epoch && one.step === step);
    if (found === undefined) throw new Error(`epoch ${epoch}, step ${step} was not kept`);
    const { tensors } = readSafetensors(found.bytes, "a checkpoint");
    return new Map(variables.map(({ name }) => [name, tensors.get(`model/${name}`)!]));
  }

  /** Sets the network to a moment, and forgets what came after it. @throws Error for one that was not kept */
  restore({ epoch, step }: Moment): void {
    this.#kept = this.#kept.filter((one) => one.epoch < epoch || (one.epoch === epoch && one.step <= step));
    if (epoch === 0 && step === 0) {
      for (const [i, variable] of variablesOf(this.#model).entries()) variable.value = this.#first[i].copy();
      return;
    }
    const found = this.#kept.at(-1);
    if (found?.epoch !== epoch || found.step !== step) throw new Error(`epoch ${epoch}, step ${step} was not kept`);
    const { tensors } = readSafetensors(found.bytes, "a checkpoint");
    for (const variable of this.#model.variables) variable.value = tensors.get(`model/${variable.name}`)!;
  }
}

/** What a run changes of a model. */
const variablesOf = ({ variables, random }: nn.Model) => [...variables, random.seed, random.position];
