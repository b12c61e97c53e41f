/** What `fovea studio` tells the page, as `src/cli/studio/contract.ts` has it; a test compares both. */

/** What the server was started with. */
export interface Served {
  /** The name of the folder, run or model file. */
  readonly title: string;
  readonly runs: boolean;
  readonly model: boolean;
}

/** A run folder. */
export interface RunSummary {
  readonly name: string;
  /** The settings, as `config.json` has them. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly hasModel: boolean;
}

/** A line of `metrics.jsonl`: figures of an epoch, or statistics of a step. */
export type MetricsLine = Readonly<Record<string, unknown>>;

/** What happens to runs, by the name of the event. */
export interface RunEvents {
  readonly run: RunSummary;
  /** From line `from` on, counted from 0, the log now has these lines and no others. */
  readonly lines: { readonly name: string; readonly from: number; readonly lines: readonly MetricsLine[] };
  readonly gone: { readonly name: string };
  /** Everything that there was at the beginning has been told. */
  readonly listed: Readonly<Record<never, never>>;
}

/** A data set of the library, on the machine of the server. */
export interface ServedData {
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be served. */
  readonly problem?: string | undefined;
  readonly samples?: Readonly<Record<"train" | "test", number>> | undefined;
  readonly input?: readonly number[] | undefined;
  readonly classes?: readonly string[] | undefined;
}
