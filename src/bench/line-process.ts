/** Another process that answers each line of JSON on its standard input by a line of JSON on its standard output. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  /** The last that it wrote for people: the reason, when it ends unasked. */
  #complaint = "";
  #failure: Error | undefined;

  constructor(program: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: "pipe" });
    this.#child.on("error", (error) => {
      this.#failure = error;
    });
    // Writing to a process that has ended is noticed when its answer does not come.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = text.trim().split("\n").at(-1) || this.#complaint;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with what the process said last, when it has ended */
  async ask(request: unknown): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }

  /** The next line that it says. */
  async next(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    throw this.#failure ?? new Error(this.#complaint || "it ended without a word");
  }

  stop(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
