/** The runs of the command line, as the server tells of them. */
import type { Served } from "../../server/contract.ts";
import { followRuns, servedHere } from "../../server/server.ts";
import { type Run, withLines } from "./run-log.ts";

class Runs {
  /** What the page was served with; `undefined` on a static host. */
  readonly served: Served | undefined = servedHere();
  #byName = $state.raw<ReadonlyMap<string, Run>>(new Map());
  /** Whether all runs that there are have been told of. */
  isListed = $state(false);
  isLost = $state(false);
  /** The numbers of runs stay theirs while the page is open, and with them their colors. */
  readonly #numbers = new Map<string, number>();

  get all(): readonly Run[] {
    const { compare } = new Intl.Collator("en", { numeric: true });
    return [...this.#byName.values()].sort((a, b) => compare(a.name, b.name));
  }

  named(name: string): Run | undefined {
    return this.#byName.get(name);
  }

  /** The color of a run: a token. */
  colorOf(name: string): string {
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    return `--c${number % 10}`;
  }

  /** Follows the runs as long as somebody looks. Gives the function that ends it. */
  follow(): () => void {
    return followRuns({
      run: (summary) => this.#set({ lines: [], epochs: [], ...this.#byName.get(summary.name), ...summary }),
      lines: ({ name, from, lines }) => {
        const run = this.#byName.get(name);
        if (run !== undefined) this.#set(withLines(run, from, lines));
      },
      gone: ({ name }) => {
        this.#byName = new Map([...this.#byName].filter(([other]) => other !== name));
      },
      listed: () => {
        this.isListed = true;
      },
      lost: () => {
        this.isLost = true;
      },
      back: () => {
        this.isLost = false;
        this.#byName = new Map();
      },
    });
  }

  #set(run: Run): void {
    this.#byName = new Map([...this.#byName, [run.name, run]]);
  }
}

export const runs = new Runs();
