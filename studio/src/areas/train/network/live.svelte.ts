/** What the network shows of a picture at this moment: refreshed with the run's snapshots, one request at a time. */
import { run } from "../../../state/run.svelte.ts";
import type { UnitStep, Weights } from "../../../worker/api/unit.ts";
import type { Inside, Opened } from "../../../worker/api.ts";
import { Latest } from "./latest.ts";

/** Bytes [channels, height, width]. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
}

interface Asked {
  readonly opened: Opened;
}

interface AskedInside extends Asked {
  readonly bytes: Uint8Array;
  readonly gradientsOf: number | undefined;
}

interface AskedUnit extends Asked {
  readonly bytes: Uint8Array;
  readonly paths: readonly string[];
  readonly unit: readonly number[];
}

interface AskedWeights extends Asked {
  readonly paths: readonly string[];
}

export class Live {
  /** Values, derivatives where they were asked for, probabilities. */
  inside = $state.raw<Inside | undefined>();
  /** Of the selected unit. */
  step = $state.raw<UnitStep | undefined>();
  weights = $state.raw<Weights | undefined>();
  problem = $state.raw<Error | undefined>();

  /** Answers about a run that is no longer open are dropped. */
  #taking =
    <Answer>(take: (answer: Answer) => void) =>
    (answer: Answer, { opened }: Asked): void => {
      if (opened !== run.opened) return;
      this.problem = undefined;
      take(answer);
    };

  #fail = (error: Error): void => {
    this.problem = error;
  };

  readonly #inside = new Latest(
    ({ bytes, gradientsOf }: AskedInside) => run.session.look(bytes, gradientsOf === undefined ? {} : { gradientsOf }),
    this.#taking((inside: Inside) => {
      this.inside = inside;
    }),
    this.#fail,
  );

  readonly #step = new Latest(
    ({ bytes, paths, unit }: AskedUnit) => run.session.unit(bytes, paths, unit),
    this.#taking((step: UnitStep) => {
      this.step = step;
    }),
    this.#fail,
    3,
  );

  readonly #weights = new Latest(
    ({ paths }: AskedWeights) => run.session.weights(paths, { gradients: true }),
    this.#taking((weights: Weights) => {
      this.weights = weights;
    }),
    this.#fail,
    2,
  );

  lookAt(request: AskedInside): void {
    this.#inside.want(request);
  }

  explain(request: AskedUnit): void {
    this.#step.want(request);
  }

  weigh(request: AskedWeights): void {
    this.#weights.want(request);
  }

  /** Forgets the network before this one. */
  clear(): void {
    this.inside = undefined;
    this.step = undefined;
    this.weights = undefined;
  }
}
