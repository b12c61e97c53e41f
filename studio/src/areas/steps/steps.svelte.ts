/** The step that is looked at: the address as a scene, what the library computes of it, and the number that is chosen. */
import { type Remote, wrap } from "comlink";
import { prefersReducedMotion } from "svelte/motion";
import { settingsOf, valuesIn } from "../../address/address.ts";
import { place } from "../../address/place.svelte.ts";
import type { StepsCalls } from "../../worker/steps/api.ts";
import { numbersOf, type Shown } from "./numbers.ts";
import { writeGrid } from "./operations/grids.ts";
import { isOperation, type OperationName } from "./operations/operations.ts";
import type { Chosen } from "./operations/terms.ts";
import { readChosen, type Scene, sceneOf, writeChosen } from "./scene.ts";
import { fieldsOf, type Hideable, hiddenIn, type StepsSettings } from "./settings.ts";

class Steps {
  #worker: Remote<StepsCalls> | undefined;
  /** Only the last computation counts. */
  #computations = 0;
  /** The place while it is played, before it goes into the address. */
  #playedAt = $state.raw<string | undefined>();
  shown = $state.raw<Shown | undefined>();
  /** Why the library refuses the settings. */
  problem = $state.raw<Error | undefined>();
  isPlaying = $state(false);
  /** The input as the camera sees it now. */
  live = $state.raw<Float64Array | undefined>();

  get worker(): Remote<StepsCalls> {
    this.#worker ??= wrap<StepsCalls>(
      new Worker(new URL("../../worker/steps-worker.ts", import.meta.url), { type: "module", name: "steps" }),
    );
    return this.#worker;
  }

  get operation(): OperationName {
    const [name = ""] = place.path;
    return isOperation(name) ? name : "convolution";
  }

  readonly settings = $derived(valuesIn(fieldsOf(this.operation), place.settings));
  readonly scene = $derived(sceneOf(this.operation, this.settings, this.live));
  readonly #hidden = $derived(hiddenIn(place.settings));

  hides(part: Hideable): boolean {
    return this.#hidden.has(part);
  }

  /** The settings of other areas, and those that all operations share. */
  get others(): Record<string, string> {
    const own = Object.keys(fieldsOf("convolution"));
    return Object.fromEntries(Object.entries(place.settings).filter(([name]) => !own.includes(name)));
  }

  change(changes: Partial<StepsSettings>): void {
    const settings = { ...this.settings, ...changes };
    place.settle({ ...this.others, ...settingsOf(fieldsOf(this.operation), settings) });
  }

  /** Computes the scene; called whenever it changes. */
  async compute(scene: Scene): Promise<void> {
    const computation = ++this.#computations;
    try {
      const computed = await this.worker.compute(scene.request);
      if (computation !== this.#computations) return;
      this.shown = { scene, computed, numbers: numbersOf(scene, computed) };
      this.problem = undefined;
    } catch (error) {
      if (computation === this.#computations) this.problem = error as Error;
    }
  }

  /** The number that is looked at: one of the output forward, by default of the input backward. */
  get chosen(): Chosen {
    const { layout } = this.scene;
    const found = readChosen(this.#playedAt ?? this.settings.at, layout);
    if (this.settings.direction === "forward") return found?.of === "y" ? found : { of: "y", index: 0 };
    return found ?? { of: "x", index: 0 };
  }

  choose(chosen: Chosen): void {
    this.#playedAt = undefined;
    this.change({ at: writeChosen(chosen, this.scene.layout) });
  }

  /** The next number of the same array, from the last back to the first. */
  advance(by: number, isPlaying = false): void {
    const { of, index } = this.chosen;
    const shape = this.scene.layout[of] ?? [];
    const count = shape.reduce((product, n) => product * n, 1);
    if (count === 0) return;
    const next = { of, index: (index + by + count) % count };
    if (isPlaying) this.#playedAt = writeChosen(next, this.scene.layout);
    else this.choose(next);
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.isPlaying = true;
  }

  /** Holds the window, and writes the place that it was played to into the address. */
  pause(): void {
    this.isPlaying = false;
    if (this.#playedAt !== undefined) this.change({ at: this.#playedAt });
    this.#playedAt = undefined;
  }

  /** Keys that no cell has taken. */
  onkey(event: KeyboardEvent): void {
    if (event.key !== " " || prefersReducedMotion.current) return;
    event.preventDefault();
    this.toggle();
  }

  /** Changes one number of the input, the filter or the output's derivatives. */
  edit(of: "x" | "w" | "dy", index: number, value: number): void {
    const grid = this.scene.request[of];
    if (grid === undefined) return;
    const data = Float64Array.from(grid.data);
    data[index] = value;
    this.change({ [of]: writeGrid(data, grid.shape) });
  }
}

export const steps = new Steps();
