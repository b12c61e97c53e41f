/** What the server tells the page. The page declares the same in `studio/src/server/contract.ts`; a test compares both. */

/** What the server was started with, as `index.html` carries it. */
export interface Served {
  /** The name of the folder, run or model file. */
  readonly title: string;
  /** Whether there is a folder of runs behind `api/runs`. */
  readonly runs: boolean;
  /** Whether there is a model file behind `api/model`. */
  readonly model: boolean;
}

/** A run folder. */
export interface RunSummary {
  readonly name: string;
  /** The settings, as `config.json` has them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether there is a best model behind `api/runs/NAME/model`. */
  readonly hasModel: boolean;
}

/** A line of `metrics.jsonl`: figures of an epoch, or statistics of a step. */
export type MetricsLine = Readonly<Record<string, unknown>>;

/** What happens to runs, by the name of the server-sent event. */
export interface RunEvents {
  /** A run appeared, or its settings or its model did. */
  readonly run: RunSummary;
  /** From line `from` on, counted from 0, the log now has these lines; what it had there before does not hold any more. */
  readonly lines: { readonly name: string; readonly from: number; readonly lines: readonly MetricsLine[] };
  /** A run folder was removed. */
  readonly gone: { readonly name: string };
  /** Everything that there was at the beginning has been told. */
  readonly listed: Readonly<Record<never, never>>;
}

/** A data set of the library, on the machine of the server. */
export interface ServedData {
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be served; absent where it can. */
  readonly problem?: string | undefined;
  /** Samples by part. */
  readonly samples?: Readonly<Record<"train" | "test", number>> | undefined;
  /** One picture: [channels, height, width]. */
  readonly input?: readonly number[] | undefined;
  readonly classes?: readonly string[] | undefined;
}
