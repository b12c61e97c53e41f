/** The constants that machine code reads: behind the code, each once. */
import {
  type Assembly,
  type Data,
  type Instruction,
  instruction,
  type Label,
  type Memory,
  memory,
  type Register,
} from "../assembler/index.ts";
import type { Source } from "./code.ts";
import type { X64Target } from "./target.ts";

const POOL_ALIGNMENT = 64;

export class ConstantPool {
  readonly #target: X64Target;
  readonly #labels = new Map<string, { readonly label: Label; readonly bytes: Uint8Array }>();

  constructor(target: X64Target) {
    this.#target = target;
  }

  /** 32 bits for all lanes: once where instructions can repeat them, else a whole vector. */
  element(bits: number): Source {
    const { hasMasks, lanes } = this.#target;
    return { memory: this.#place(new Array<number>(hasMasks ? 1 : lanes).fill(bits)), isElement: hasMasks };
  }

  /** 32 bits for each lane. */
  vector(bits: readonly number[]): Source {
    return { memory: this.#place(bits), isElement: false };
  }

  /** Fills a vector register. */
  load(register: Register, source: Source): Instruction {
    return instruction(source.isElement ? "vbroadcastss" : "vmovups", this.#target.width, [register, source.memory]);
  }

  /** Labels and their constants, the widest first. */
  data(): Assembly {
    const entries = [...this.#labels.values()].sort((a, b) => b.bytes.length - a.bytes.length);
    return entries.flatMap(({ label, bytes }, i): (Label | Data)[] => [
      i === 0 ? { ...label, alignment: POOL_ALIGNMENT } : label,
      { kind: "data", bytes },
    ]);
  }

  #place(bits: readonly number[]): Memory {
    const key = bits.join();
    let known = this.#labels.get(key);
    if (known === undefined) {
      known = {
        label: { kind: "label", name: `constant ${this.#labels.size}` },
        bytes: new Uint8Array(Int32Array.from(bits).buffer),
      };
      this.#labels.set(key, known);
    }
    return memory(known.label);
  }
}
