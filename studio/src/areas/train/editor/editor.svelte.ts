/** A network that is being edited: its text, and what the worker says about it. */
import type { NetworkCalls, NetworkDescription } from "../../../worker/api/network.ts";

/** What of the worker the editor asks. */
export type Describe = NetworkCalls["describeNetwork"];

export class NetworkDraft {
  readonly #describe: Describe;
  readonly #input: readonly number[];
  readonly #classes: number;
  #asked = 0;
  text = $state("");
  /** What was said last; it may be about an earlier text. */
  description = $state.raw<NetworkDescription | undefined>();
  /** The text that the description is about. */
  described = $state.raw("");

  constructor(text: string, input: readonly number[], classes: number, describe: Describe) {
    this.#describe = describe;
    this.#input = [...input];
    this.#classes = classes;
    this.write(text);
  }

  /** Whether the description is about the text as it is. */
  get isCurrent(): boolean {
    return this.described === this.text && this.description !== undefined;
  }

  get isSound(): boolean {
    return this.isCurrent && this.description?.errors.length === 0;
  }

  write = (text: string): void => {
    this.text = text;
    void this.#ask(text);
  };

  async #ask(text: string): Promise<void> {
    const asked = ++this.#asked;
    const description = await this.#describe(text, this.#input, this.#classes);
    if (asked !== this.#asked) return;
    this.description = description;
    this.described = text;
  }
}
