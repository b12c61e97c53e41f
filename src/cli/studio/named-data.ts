/** The library's named data sets that a page cannot fetch for itself, where this machine has them; nothing is downloaded. */
import { FoveaError, OptionError } from "../../array/index.ts";
import { firstSamples, inputShape, loadSamples, namedSets, type Samples, sampleCount } from "../../data/index.ts";
import { writeSafetensors } from "../../formats/index.ts";
import type { ServedData } from "./contract.ts";

const NAMES = ["mnist", "fashion-mnist", "kmnist", "cifar10"] as const;
type Name = (typeof NAMES)[number];

const PARTS = ["train", "test"] as const;
export type Part = (typeof PARTS)[number];

type Loaded = Readonly<Record<Part, Samples>>;

export class NamedData {
  readonly #loaded = new Map<Name, Promise<Loaded>>();

  /** Every set, with its size or with why it is not there. */
  list(): Promise<ServedData[]> {
    return Promise.all(NAMES.map((name) => this.#describe(name)));
  }

  /**
   * The first samples of a part as safetensors: `images` u8 [n, channels, height, width], `labels` i32 [n]; `classes` and `normalization`
   * as JSON in its metadata, and `name`.
   * @throws DataError when the set is not on this machine, OptionError for an unknown part or count
   */
  async bytes(name: Name, part: string, count: string): Promise<Uint8Array> {
    const isPart = (text: string): text is Part => (PARTS as readonly string[]).includes(text);
    if (!isPart(part)) throw new OptionError(`part: expected ${PARTS.join(" or ")}, got '${part}'`);
    if (!/^[1-9]\d{0,8}$/.test(count))
      throw new OptionError(`count: expected an integer of at least 1, got '${count}'`);
    const chosen = firstSamples((await this.#load(name))[part], Number(count));
    const { images, labels, classes, normalization } = await loadSamples(chosen);
    const metadata = {
      ...{ name: chosen.name, classes: JSON.stringify(classes) },
      ...(normalization && { normalization: JSON.stringify(normalization) }),
    };
    const tensors = [
      ["images", images],
      ["labels", labels],
    ] as const;
    return writeSafetensors(tensors, metadata);
  }

  isName(name: string): name is Name {
    return (NAMES as readonly string[]).includes(name);
  }

  async #describe(name: Name): Promise<ServedData> {
    const { summary } = namedSets[name];
    try {
      const { train, test } = await this.#load(name);
      const samples = { train: sampleCount(train), test: sampleCount(test) };
      return { name, summary, samples, input: inputShape(train), classes: train.classes };
    } catch (error) {
      if (error instanceof FoveaError) return { name, summary, problem: error.message };
      throw error;
    }
  }

  /** Loaded once; what was not there may be there the next time. */
  #load(name: Name): Promise<Loaded> {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const loading = namedSets[name].load({ offline: true });
    this.#loaded.set(name, loading);
    loading.catch(() => this.#loaded.delete(name));
    return loading;
  }
}
