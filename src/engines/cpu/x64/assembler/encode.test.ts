/** Bytes that are known from the manual, jumps, padding and constants; and what cannot be encoded. */
import { describe, expect, it } from "vitest";
import type { Assembly, Instruction } from "./assembly.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { printAssembly, printInstruction } from "./print.ts";
import {
  general,
  immediate,
  instruction,
  label,
  mask,
  memory,
  r12,
  r13,
  rax,
  rbp,
  rbx,
  rcx,
  register,
  rsi,
  rsp,
  vector,
} from "./registers.ts";

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

const withText = <T>([given, expected]: readonly [Instruction, T]): [string, Instruction, T] => [
  printInstruction(given),
  given,
  expected,
];

const add512 = instruction("vaddps", 512, [vector(1), vector(2), vector(3)]);

describe("an instruction", () => {
  const known: readonly (readonly [Instruction, string])[] = [
    [instruction("ret"), "c3"],
    [instruction("add", 64, [rax, immediate(8)]), "48 83 c0 08"],
    [instruction("add", 32, [rcx, immediate(2 ** 32 - 1)]), "83 c1 ff"],
    [instruction("mov", 32, [rcx, immediate(1)]), "b9 01 00 00 00"],
    [instruction("mov", 64, [rcx, immediate(-1)]), "48 c7 c1 ff ff ff ff"],
    [instruction("mov", 64, [rcx, immediate(2 ** 32 - 1)]), "48 b9 ff ff ff ff 00 00 00 00"],
    [instruction("setb", 64, [rsi]), "40 0f 92 c6"],
    [instruction("setb", 64, [rbx]), "0f 92 c3"],
    [instruction("mov", 64, [rax, memory(rsp)]), "48 8b 04 24"],
    [instruction("mov", 64, [rax, memory(r12, 8)]), "49 8b 44 24 08"],
    [instruction("mov", 64, [rax, memory(rbp)]), "48 8b 45 00"],
    [instruction("mov", 64, [rax, memory(r13, 0, { index: rcx, scale: 4 })]), "49 8b 44 8d 00"],
    [instruction("vaddps", 256, [vector(1), vector(2), vector(3)]), "c5 ec 58 cb"],
    [instruction("vaddps", 256, [vector(1), vector(2), vector(11)]), "c4 c1 6c 58 cb"],
    [add512, "62 f1 6c 48 58 cb"],
    [{ ...add512, mask: mask(3), zeroing: true }, "62 f1 6c cb 58 cb"],
    [instruction("vmovups", 512, [vector(0), memory(rax, 64 * 127)]), "62 f1 7c 48 10 40 7f"],
    [instruction("vmovups", 512, [vector(0), memory(rax, 64 * 128)]), "62 f1 7c 48 10 80 00 20 00 00"],
    [instruction("vmovups", 512, [vector(0), memory(rax, 1)]), "62 f1 7c 48 10 80 01 00 00 00"],
    [instruction("vaddps", 512, [vector(0), vector(0), memory(rax, 4, { broadcast: true })]), "62 f1 7c 58 58 40 01"],
  ];

  it.each(known.map(withText))("%s is known", (_, given, bytes) => {
    expect(hex(encode([given]))).toBe(bytes);
  });

  const impossible: readonly (readonly [Instruction, RegExp])[] = [
    [instruction("vaddps", 512, [vector(1), rax, vector(2)]), /^vaddps zmm1, rax, zmm2 has no form/],
    [instruction("vaddps", 512, [vector(1), vector(2)]), /has no form/],
    [instruction("vaddss", 512, [vector(1), vector(1), vector(1)]), /has no form/],
    [instruction("add", 128, [rax, rcx]), /has no form/],
    [instruction("add", 64, [rax, immediate(2 ** 31)]), /^add rax, 2147483648 has no form/],
    [instruction("add", 64, [rax, immediate(0.5)]), /has no form/],
    [instruction("shl", 64, [rax, rbx]), /has no form/],
    [instruction("vblendvps", 256, [vector(16), vector(1), vector(2), vector(3)]), /has no form/],
    [instruction("vblendvps", 512, [vector(6), vector(1), vector(2), vector(3)]), /has no form/],
    [
      instruction("vblendps", 256, [vector(0), vector(1), memory(rax, 0, { broadcast: true }), immediate(1)]),
      /no form/,
    ],
    [instruction("vmovups", 512, [vector(0), memory(rax, 0, { broadcast: true })]), /has no form/],
    [instruction("vscatterdps", 512, [memory(rax, 0, { index: vector(1) }), vector(0)]), /has no form/],
    [instruction("vaddps", 512, [vector(1), vector(2), register("vector", 70)]), /%v6 has the vector register 70/],
    [instruction("mov", 64, [rax, general(16)]), /has the general register 16, and there are 16/],
    [{ ...add512, mask: mask(0) }, /k1 to k7/],
    [{ ...add512, zeroing: true }, /no form for these operands, this mask/],
    [instruction("vmovups", 512, [memory(rax), vector(0)], { mask: mask(1), zeroing: true }), /has no form/],
    [instruction("vpcmpeqd", 512, [mask(2), vector(0), vector(1)], { mask: mask(1), zeroing: true }), /has no form/],
    [instruction("vucomiss", 32, [vector(0), vector(1)], { mask: mask(1) }), /has no form/],
    [instruction("vpand", 256, [vector(0), vector(1), vector(2)], { mask: mask(1) }), /has no form/],
    [instruction("mov", 64, [rax, memory(rax, 0, { index: rsp })]), /index that cannot be one/],
    [instruction("mov", 64, [rax, memory(label("x"), 0, { index: rcx })]), /nor a label without index/],
    [instruction("mov", 64, [rax, memory(mask(1))]), /no general register/],
    [instruction("mov", 64, [rax, memory(rcx, 2 ** 31)]), /beyond 32 bits: 2147483648/],
    [instruction("jmp", 64, [label("nowhere")]), /nowhere, which is placed nowhere/],
  ];

  it.each(impossible.map(withText))("%s is refused", (_, given, message) => {
    expect(() => encode([given])).toThrow(message);
  });
});

describe("a label", () => {
  const nops = (count: number): Instruction[] => new Array<Instruction>(count).fill(instruction("nop"));
  const start = label("start");
  const back = instruction("jne", 64, [start]);

  it("is jumped back to with 8 bits as far as they reach", () => {
    expect(hex(encode([start, back]))).toBe("75 fe");
    expect(hex(encode([start, ...nops(126), back]).slice(126))).toBe("75 80");
    expect(hex(encode([start, ...nops(127), back]).slice(127))).toBe("0f 85 7b ff ff ff");
  });

  it("is jumped ahead to, and called, with 32 bits", () => {
    expect(hex(encode([back, start]))).toBe("0f 85 00 00 00 00");
    expect(hex(encode([instruction("jmp", 64, [start]), ...nops(3), start]))).toBe("e9 03 00 00 00 90 90 90");
    expect(hex(encode([start, instruction("call", 64, [start])]))).toBe("e8 fb ff ff ff");
  });

  it("is relative to the end of the instruction in an address, also behind an immediate", () => {
    const constant = memory(start, 4);
    expect(hex(encode([instruction("lea", 64, [rax, constant]), start]))).toBe("48 8d 05 04 00 00 00");
    const shuffle = instruction("vshufps", 256, [vector(0), vector(1), constant, immediate(7)]);
    expect(hex(encode([shuffle, start]))).toBe("c5 f4 c6 05 04 00 00 00 07");
  });

  it("is moved to a multiple of its alignment, over instructions that do nothing", () => {
    for (let before = 0; before <= 64; before++) {
      const code = encode([...nops(before), label("loop", 32), instruction("ret")]);
      expect(code.length).toBe(32 * Math.ceil(before / 32) + 1);
      const padding = decode(code).slice(before, -1);
      expect(padding.length).toBeLessThanOrEqual(5);
      expect(padding.every((item) => item.kind === "instruction" && item.mnemonic === "nop")).toBe(true);
    }
  });

  it("is placed once", () => {
    expect(() => encode([start, start])).toThrow("the label start is placed twice");
  });

  it("has the name of its place after decoding", () => {
    const [read, end] = [instruction("mov", 64, [rax, memory(start, 4)]), label("end")];
    const code: Assembly = [...nops(1), start, read, instruction("je", 64, [end]), back, end];
    expect(printAssembly(decode(encode(code)))).toMatchInlineSnapshot(`
      "  nop
      at 1:
        mov rax, [at 5]
        je at 16
        jne at 1
      at 16:"
    `);
  });
});

it("puts constants between instructions as they are", () => {
  const code: Assembly = [
    instruction("vmovups", 512, [vector(0), memory(label("constants"))]),
    label("constants", 64),
    { kind: "data", bytes: Uint8Array.of(1, 2, 3) },
  ];
  const bytes = encode(code);
  expect([...bytes.slice(64)]).toEqual([1, 2, 3]);
  expect(hex(bytes.slice(0, 10))).toBe("62 f1 7c 48 10 05 36 00 00 00");
});

it("grows as the code does", () => {
  const code = new Array<Instruction>(10_000).fill(add512);
  expect(encode(code).length).toBe(60_000);
  expect(encode([{ kind: "data", bytes: new Uint8Array(100_000) }]).length).toBe(100_000);
});

it("is told what cannot be decoded", () => {
  expect(() => decode(Uint8Array.of(0x90, 0x06))).toThrow("no instruction is known for the bytes at 1: 06");
  expect(() => decode(encode([add512]).slice(0, 5))).toThrow("the code ends within the instruction at 0");
  expect(() => decode(encode([instruction("mov", 64, [rax, memory(rcx, 1000)])]).slice(0, 5))).toThrow(
    "the code ends within the instruction at 0",
  );
});

it("prints what is not yet allocated, and what no register tells the size of", () => {
  const code: Assembly = [
    label("loop", 32),
    instruction("vaddps", 256, [register("vector", 64), register("vector", 65), memory(register("general", 66), 8)]),
    instruction("vcmpps", 512, [register("mask", 64), vector(1), vector(2), immediate(1)], { mask: mask(2) }),
    instruction("mov", 32, [memory(rax, -4, { index: rcx, scale: 4 }), immediate(-1)]),
    instruction("vextractf32x8", 512, [vector(1), vector(20), immediate(1)]),
    instruction("vaddps", 512, [vector(1), vector(20), memory(label("c"), 4, { broadcast: true })], {
      mask: mask(1),
      zeroing: true,
    }),
    instruction("shl", 32, [general(9), rcx]),
    instruction("movzx", 32, [rax, rsi]),
    label("c"),
    { kind: "data", bytes: Uint8Array.of(0, 0, 128, 63) },
  ];
  expect(printAssembly(code)).toMatchInlineSnapshot(`
    "loop: (at a multiple of 32 bytes)
      vaddps %v0, %v1, [%r2+8]
      vcmpps %k0{k2}, zmm1, zmm2, 1
      mov dword [rax+rcx*4-4], -1
      vextractf32x8 ymm1, zmm20, 1
      vaddps zmm1{k1}{z}, zmm20, [c+4]{1to16}
      shl r9d, cl
      movzx eax, sil
    c:
      bytes 00 00 80 3f"
  `);
});
