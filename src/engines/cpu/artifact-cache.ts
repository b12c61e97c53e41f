/** The artifacts compiled last, in case the same graph comes again with other variables. */
import type { Artifact } from "./artifact.ts";

const MOST_ARTIFACTS = 32;
/** Of code and constants; an artifact with more than this is not kept. */
const MOST_BYTES = 2 ** 26;

export class ArtifactCache {
  /** The one used last is last. */
  readonly #artifacts = new Map<string, Artifact>();
  #bytes = 0;

  get(key: string, compile: () => Artifact): Artifact {
    const artifact = this.#artifacts.get(key) ?? compile();
    this.#remove(key);
    this.#artifacts.set(key, artifact);
    this.#bytes += artifact.bytes;
    for (const oldest of this.#artifacts.keys()) {
      if (this.#artifacts.size <= MOST_ARTIFACTS && this.#bytes <= MOST_BYTES) break;
      this.#remove(oldest);
    }
    return artifact;
  }

  #remove(key: string): void {
    this.#bytes -= this.#artifacts.get(key)?.bytes ?? 0;
    this.#artifacts.delete(key);
  }
}
