/** The run as the page sees it: what is open, the last snapshot, and what can be done. */
import { proxy, type Remote, wrap } from "comlink";
import { place } from "../address/place.svelte.ts";
import { isSameRecipe, withRecipe } from "../address/recipe.ts";
import type { CurvePoint, Moment, Opened, OpenOptions, Recipe, Session, Snapshot, Steering } from "../worker/api.ts";
import type { LabeledPart } from "../worker/changes.ts";

class Run {
  #session: Remote<Session> | undefined;
  /** Only the last opening counts. */
  #openings = 0;
  #opening: Promise<void> = Promise.resolve();
  recipe = $state.raw<Recipe | undefined>();
  opened = $state.raw<Opened | undefined>();
  snapshot = $state.raw<Snapshot | undefined>();
  /** All points of the curves, up to the end of what has been trained. */
  curve = $state.raw<readonly CurvePoint[]>([]);
  /** Why the recipe could not be opened. */
  problem = $state.raw<Error | undefined>();

  /** The worker's side, for views that look inside. */
  get session(): Remote<Session> {
    this.#session ??= wrap<Session>(
      new Worker(new URL("../worker/worker.ts", import.meta.url), { type: "module", name: "training" }),
    );
    return this.#session;
  }

  /** Opens a recipe, unless it is the one that is open. */
  open(recipe: Recipe, options?: OpenOptions): Promise<void> {
    if (this.recipe === undefined || !isSameRecipe(this.recipe, recipe)) this.#opening = this.#open(recipe, options);
    return this.#opening;
  }

  async #open(recipe: Recipe, options: OpenOptions = {}): Promise<void> {
    const opening = ++this.#openings;
    this.recipe = recipe;
    try {
      const opened = await this.session.open(recipe, options);
      if (opening !== this.#openings) return;
      this.opened = opened;
      this.curve = [];
      this.snapshot = undefined;
      this.problem = undefined;
      await this.session.watch(proxy((snapshot: Snapshot) => this.#take(snapshot)));
    } catch (error) {
      if (opening === this.#openings) this.problem = error as Error;
    }
  }

  /** Another recipe, in the address, too. It is trained if the last one was. */
  change = async (changes: Partial<Recipe>, options?: OpenOptions): Promise<void> => {
    if (this.recipe === undefined) return;
    const wasTraining = this.isTraining;
    const recipe = { ...this.recipe, changes: "", ...changes };
    place.settle(withRecipe(place.settings, recipe));
    if (!isSameRecipe(this.recipe, recipe)) this.#opening = this.#open(recipe, options);
    await this.#opening;
    if (wasTraining && this.recipe === recipe) await this.train();
  };

  /** Takes a snapshot, and is done when it has been drawn. */
  #take(snapshot: Snapshot): Promise<void> {
    const { epoch, step } = snapshot.reached;
    const end = epoch + step / (this.opened?.stepsPerEpoch ?? 1);
    const last = this.curve.at(-1);
    // What was trained from an earlier moment replaces what came after it.
    const from = snapshot.curve[0]?.at ?? Number.POSITIVE_INFINITY;
    const isOver = last !== undefined && (last.at > end || last.at >= from);
    const earlier = isOver ? this.curve.filter(({ at }) => at <= end && at < from) : this.curve;
    if (snapshot.curve.length > 0 || isOver) this.curve = [...earlier, ...snapshot.curve];
    this.snapshot = snapshot;
    this.#settle(snapshot.recipe);
    return new Promise((resolve) => {
      requestAnimationFrame(() => resolve());
    });
  }

  /** What was changed by hand belongs to the recipe, and so to the address. */
  #settle(recipe: Recipe): void {
    if (this.recipe === undefined || isSameRecipe(this.recipe, recipe)) return;
    this.recipe = recipe;
    place.settle(withRecipe(place.settings, recipe));
  }

  get isTraining(): boolean {
    return this.snapshot?.state === "training" || this.snapshot?.state === "compiling";
  }

  train = (): Promise<void> => this.session.train();
  pause = (): Promise<void> => this.session.pause();
  toggle = (): Promise<void> => (this.isTraining ? this.pause() : this.train());
  step = (count = 1): Promise<void> => this.session.step(count);
  rewind = (moment: Moment): Promise<void> => this.session.rewind(moment);
  steer = (changes: Steering): Promise<void> => this.session.steer(changes);
  relabel = (part: LabeledPart, row: number, label: number): Promise<void> => this.session.relabel(part, row, label);

  /** Another number of epochs: the run goes on where the rate does not depend on it, else it begins anew. */
  setEpochs = async (epochs: number): Promise<void> => {
    const { epoch, step } = this.snapshot?.reached ?? { epoch: 0, step: 0 };
    const goesOn = this.opened?.spansRun === false && epochs >= epoch + (step > 0 ? 1 : 0);
    await (goesOn ? this.session.extend(epochs) : this.change({ epochs }));
  };

  /** Trains for more epochs. */
  extend = async (epochs: number): Promise<void> => {
    await this.setEpochs(epochs);
    await this.train();
  };
}

export const run = new Run();

/** For tests and for the browser's console. */
Object.assign(globalThis, { studio: { run } });
