/**
 * Follows run folders while somebody listens. One watcher serves all listeners: it asks the file system at intervals, since `fovea train`
 * replaces its log after each epoch, and notices of file systems differ and get lost.
 */
import { setTimeout } from "node:timers/promises";
import type { MetricsLine, RunEvents, RunSummary } from "./contract.ts";
import type { Named } from "./named.ts";
import { filesOf, type RunFiles, readMetrics, readRunConfig, runNames, stampOf } from "./run-files.ts";

/** A change, ready to be sent: the content is JSON. */
export interface RunChange {
  readonly event: keyof RunEvents;
  readonly run?: string;
  readonly json: string;
}

export type Listener = (change: RunChange) => void;

interface Watched {
  readonly files: RunFiles;
  readonly stamps: Readonly<Record<keyof RunFiles, string | undefined>>;
  readonly summary: RunSummary;
  readonly lines: readonly string[];
}

const changes = {
  run: (summary: RunSummary): RunChange => ({ event: "run", run: summary.name, json: JSON.stringify(summary) }),
  lines: (name: string, from: number, lines: readonly string[]): RunChange => ({
    ...{ event: "lines", run: name },
    json: `{"name":${JSON.stringify(name)},"from":${from},"lines":[${lines.join(",")}]}`,
  }),
  gone: (name: string): RunChange => ({ event: "gone", run: name, json: JSON.stringify({ name }) }),
  listed: { event: "listed", json: "{}" } satisfies RunChange,
};

export class RunWatcher {
  readonly #named: Named;
  readonly #interval: number;
  readonly #listeners = new Set<Listener>();
  /** Those that have not yet heard that everything was told. */
  readonly #waiting = new Set<Listener>();
  #runs: ReadonlyMap<string, Watched> = new Map();
  #scan: Promise<void> | undefined;
  #isFollowing = false;

  /** @param interval in milliseconds */
  constructor(named: Named, interval = 400) {
    this.#named = named;
    this.#interval = interval;
  }

  /** The runs as they are now, with the last line of each log. */
  async runs(): Promise<(RunSummary & { latest: MetricsLine | undefined })[]> {
    await this.scan();
    return [...this.#runs.values()].map(({ summary, lines }) => {
      const last = lines.at(-1);
      return { ...summary, latest: last === undefined ? undefined : JSON.parse(last) };
    });
  }

  /** The path of a run's best model. */
  async modelOf(run: string): Promise<string | undefined> {
    await this.scan();
    return this.#runs.get(run)?.files.model;
  }

  async has(run: string): Promise<boolean> {
    await this.scan();
    return this.#runs.has(run);
  }

  /** Tells what is there, then what changes, until the function that it gives is called. */
  listen(listener: Listener): () => void {
    for (const { summary, lines } of this.#runs.values()) {
      listener(changes.run(summary));
      if (lines.length > 0) listener(changes.lines(summary.name, 0, lines));
    }
    this.#listeners.add(listener);
    this.#waiting.add(listener);
    if (!this.#isFollowing) void this.#follow();
    return () => {
      this.#listeners.delete(listener);
      this.#waiting.delete(listener);
    };
  }

  /** Asks the file system once. */
  scan(): Promise<void> {
    this.#scan ??= this.#look().finally(() => {
      this.#scan = undefined;
    });
    return this.#scan;
  }

  async #follow(): Promise<void> {
    this.#isFollowing = true;
    while (this.#listeners.size > 0) {
      const waiting = [...this.#waiting];
      await this.scan();
      for (const listener of waiting) if (this.#waiting.delete(listener)) listener(changes.listed);
      await setTimeout(this.#interval, undefined, { ref: false });
    }
    this.#isFollowing = false;
  }

  async #look(): Promise<void> {
    const names = await runNames(this.#named);
    const found = await Promise.all(names.map((name) => this.#lookAt(name)));
    const before = this.#runs;
    this.#runs = new Map(found.flatMap((run) => (run === undefined ? [] : [[run.summary.name, run]])));
    for (const name of before.keys()) if (!this.#runs.has(name)) this.#tell(changes.gone(name));
    for (const [name, run] of this.#runs) for (const change of changesOf(before.get(name), run)) this.#tell(change);
  }

  async #lookAt(name: string): Promise<Watched | undefined> {
    const before = this.#runs.get(name);
    const files = await filesOf(this.#named.folder!, name);
    const [config, metrics, model] = await Promise.all([files.config, files.metrics, files.model].map(stampOf));
    const isSame = before?.stamps.config === config && before?.summary.hasModel === (model !== undefined);
    const settings = isSame ? before.summary.config : await readRunConfig(files.config);
    if (settings === undefined) return undefined;
    return {
      files,
      stamps: { config, metrics, model },
      summary: isSame ? before.summary : { name, config: settings, hasModel: model !== undefined },
      lines: before?.stamps.metrics === metrics && before ? before.lines : await readMetrics(files.metrics),
    };
  }

  #tell(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function* changesOf(before: Watched | undefined, { summary, lines }: Watched): Generator<RunChange> {
  if (before?.summary !== summary) yield changes.run(summary);
  const old = before?.lines ?? [];
  if (old === lines) return;
  const different = lines.findIndex((line, i) => line !== old[i]);
  const from = different < 0 ? lines.length : different;
  if (from < lines.length || lines.length < old.length) yield changes.lines(summary.name, from, lines.slice(from));
}
