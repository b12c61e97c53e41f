/**
 * A process that answers each line of JSON on its standard input with a line of JSON on its standard output. Between an answer
 * and the next question it is stopped, where the system can: threads of some libraries spin for a while after their work, and
 * would take the processors from the next contestant.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const CAN_STOP = process.platform !== "win32";

export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  /** The last line on its standard error: the reason, if it ends unexpectedly. */
  #complaint = "";
  #failure: Error | undefined;

  constructor(program: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: "pipe" });
    this.#child.on("error", (error) => {
      this.#failure = error;
    });
    // A write to a process that has ended shows as a missing answer.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = text.trim().split("\n").at(-1) || this.#complaint;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with the last line of its standard error, when it has ended */
  async ask(request: unknown): Promise<unknown> {
    if (CAN_STOP) this.#child.kill("SIGCONT");
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.next();
    if (CAN_STOP) this.#child.kill("SIGSTOP");
    return answer;
  }

  /** The next line of its standard output. */
  async next(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    throw this.#failure ?? new Error(this.#complaint || "it ended without a word");
  }

  stop(): void {
    this.#child.stdin.end();
    this.#child.kill();
    // A stopped process gets the signal when it goes on.
    if (CAN_STOP) this.#child.kill("SIGCONT");
  }
}
