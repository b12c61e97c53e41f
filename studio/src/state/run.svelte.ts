/** The run as the page sees it: what is open, the last snapshot, and what can be done. */
import { proxy, type Remote, wrap } from "comlink";
import { isSameRecipe } from "../address/recipe.ts";
import type { CurvePoint, Moment, Opened, Recipe, Session, Snapshot, Steering } from "../worker/api.ts";

class Run {
  #session: Remote<Session> | undefined;
  /** Only the last opening counts. */
  #openings = 0;
  recipe = $state.raw<Recipe | undefined>();
  opened = $state.raw<Opened | undefined>();
  snapshot = $state.raw<Snapshot | undefined>();
  /** All points of the curves since the run was opened. */
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

  /**
   * Opens a recipe, unless it is the one that is open.
   * @param options.keepWeights whether layers that were in the network before keep their weights
   */
  async open(recipe: Recipe, options: { readonly keepWeights?: boolean } = {}): Promise<void> {
    if (this.recipe !== undefined && isSameRecipe(this.recipe, recipe)) return;
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

  /** Takes a snapshot, and is done when it has been drawn. */
  #take(snapshot: Snapshot): Promise<void> {
    const at = snapshot.moment.epoch + snapshot.moment.step / (this.opened?.stepsPerEpoch ?? 1);
    // After a return to an earlier moment, the curves end there.
    const earlier = this.curve.filter((point) => point.at <= at);
    if (snapshot.curve.length > 0 || earlier.length < this.curve.length) this.curve = [...earlier, ...snapshot.curve];
    this.snapshot = snapshot;
    return new Promise((resolve) => {
      requestAnimationFrame(() => resolve());
    });
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
}

export const run = new Run();
