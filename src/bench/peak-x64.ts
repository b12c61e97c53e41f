/**
 * The multiply-add of machine code: a loop over vectors that stay in registers, independent of each other, x ← x + a · b, as
 * kernels add up products. It is assembled by hand and called from JavaScript.
 */
import type { NativeHost } from "#platform";
import type { Assembly, Mnemonic, Operand, Register, Width } from "../engines/cpu/x64/assembler/index.ts";
import { encode, immediate, instruction, label, rdi, vector } from "../engines/cpu/x64/assembler/index.ts";
import { avx2, avx512, ConstantPool, type X64Target } from "../engines/cpu/x64/code/index.ts";
import { demandedSupport, findX64Support, titleOf } from "../engines/cpu/x64/index.ts";
import { lend } from "../engines/cpu/x64/threads/index.ts";
import type { Peak, PeakLoop } from "./peak.ts";

const UNROLLED = 4;
const ITERATIONS = 20_000;
const LOOP_ALIGNMENT = 32;

const op = (mnemonic: Mnemonic, width: Width, ...operands: Operand[]) => instruction(mnemonic, width, operands);

/** `void peak(int64 iterations)`, with `chains` independent sums. */
export function peakCode(target: X64Target, chains: number): Assembly {
  const { width } = target;
  const constants = new ConstantPool(target);
  const sums = Array.from({ length: chains }, (_, i) => vector(i));
  const [a, b] = [vector(chains), vector(chains + 1)];
  const again = label("again", LOOP_ALIGNMENT);
  const constant = (register: Register, value: number) =>
    constants.load(register, constants.element(new Int32Array(Float32Array.of(value).buffer)[0]));
  const round = sums.map((sum) => op("vfmadd231ps", width, sum, a, b));
  return [
    ...sums.map((sum) => op("vxorps", 128, sum, sum, sum)),
    constant(a, 0.5),
    constant(b, 1),
    again,
    ...Array.from({ length: UNROLLED }, () => round).flat(),
    op("sub", 64, rdi, immediate(1)),
    op("jne", 64, again),
    op("vzeroupper", 64),
    op("ret", 64),
    ...constants.data(),
  ];
}

export function createX64PeakLoop(host: NativeHost, target: X64Target, chains: number): PeakLoop {
  const code = host.loadCode(encode(peakCode(target, chains)));
  const loop = host.callable(code.address);
  const run = (): void => void loop(ITERATIONS, 0, 0, 0);
  lend(host, code, run);
  return { flops: 2 * target.lanes * chains * UNROLLED * ITERATIONS, run };
}

/** For each instruction set of the processor, unless FOVEA_X64 is off. */
export const x64Peaks = (): Peak[] =>
  [avx512, avx2].flatMap((target) => {
    const support = findX64Support(demandedSupport() === "off" ? "off" : target.name);
    if (!support.found) return [];
    const title = titleOf(target);
    return {
      title: `${title}: vfmadd231ps`,
      by: `${title} peak`,
      arithmetic: `x64 ${target.name}`,
      createLoop: (chains) => createX64PeakLoop(support.host, target, chains),
    };
  });
