/**
 * The network at one moment, held still while it is looked at and the run goes on: a second model, which takes the values of the
 * first. Its programs stay when its weights change.
 */
import { type NdArray, nn } from "fovea";
import { createProbe, type Probe, type ProbeOptions } from "fovea/inspect";
import type { Moment } from "../api.ts";
import type { OpenRun } from "../open-run.ts";

/** The seed of random weights, that of the library's check of attributions. */
const RANDOM_SEED = 1;

export class Still {
  readonly run: OpenRun;
  readonly model: nn.Model;
  #random: nn.Model | undefined;
  #moment: Moment | undefined;
  readonly #programs = new Map<string, unknown>();
  readonly #findings = new Map<string, Promise<unknown>>();

  constructor(run: OpenRun) {
    this.run = run;
    this.model = twin(run.model);
  }

  /** Takes the network of the present moment, or of one that was kept. @throws Error for one that was not */
  async take(moment?: Moment): Promise<Moment> {
    const { trainer, model } = this.run;
    const taken = moment ?? trainer.moment;
    const values = isSame(taken, trainer.moment) ? await valuesOf(model) : trainer.valuesAt(taken);
    for (const variable of this.model.variables) variable.value = values.get(variable.name)!.copy();
    this.#steady();
    this.#moment = taken;
    this.#findings.clear();
    return taken;
  }

  /** The present moment, unless one was taken. */
  async ready(): Promise<this> {
    if (this.#moment === undefined) await this.take();
    return this;
  }

  /** The network with random weights; what is no weight, such as running statistics, is the same. */
  get random(): nn.Model {
    if (this.#random === undefined) {
      this.#random = twin(this.model, RANDOM_SEED);
      this.#steady();
    }
    return this.#random;
  }

  #steady(): void {
    for (const [i, variable] of this.#random?.variables.entries() ?? [])
      if (!variable.trainable) variable.value = this.model.variables[i].value.copy();
  }

  /** A program for the network, which is made when it is first asked for. */
  program<T>(name: string, make: () => T): T {
    if (!this.#programs.has(name)) this.#programs.set(name, make());
    return this.#programs.get(name) as T;
  }

  probe(name: string, options: ProbeOptions): Probe {
    return this.program(`probe ${name}`, () => createProbe(this.model, { ...options, engine: this.run.engine }));
  }

  /** What is found out once about the moment. */
  finding<T>(name: string, find: () => Promise<T>): Promise<T> {
    const known = this.#findings.get(name);
    if (known !== undefined) return known as Promise<T>;
    const found = find();
    this.#findings.set(name, found);
    // What failed or was stopped is found out again.
    found.catch(() => this.#findings.delete(name));
    return found;
  }
}

/** Another model of the same layers. */
const twin = ({ layer, input, classes, normalization }: nn.Model, seed = 0): nn.Model =>
  nn.Model.build(layer, { input, classes, normalization, seed });

const isSame = (a: Moment, b: Moment): boolean => a.epoch === b.epoch && a.step === b.step;

const valuesOf = async ({ variables }: nn.Model): Promise<ReadonlyMap<string, NdArray>> =>
  new Map(await Promise.all(variables.map(async (variable) => [variable.name, await variable.fetch()] as const)));

/** What of a run is held still: for the pages of units and attributions, and for the space, which goes through moments. */
export type Purpose = "units" | "space";

const known = new WeakMap<OpenRun, Map<Purpose, Still>>();

export function stillOf(run: OpenRun, purpose: Purpose): Still {
  const stills = known.get(run) ?? new Map<Purpose, Still>();
  known.set(run, stills);
  const still = stills.get(purpose) ?? new Still(run);
  stills.set(purpose, still);
  return still;
}
