/** The binary format: numbers as LEB128, and modules that a disassembler reads back as they were meant. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { apply, constant, KernelBuilder, plus, times } from "../loops/builder.ts";
import type { Buffer } from "../loops/ir.ts";
import { emitKernel } from "./emit.ts";
import { Code, encodeModule, signed, unsigned } from "./encode.ts";

const tools = await wabt();

function disassemble(bytes: Uint8Array): string {
  const module = tools.readWasm(bytes, { simd: true, threads: true, relaxed_simd: true, bulk_memory: true });
  try {
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}

describe("LEB128", () => {
  it.each([
    [0, [0x00]],
    [1, [0x01]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 0x08]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("unsigned %d", (value, bytes) => {
    expect(unsigned(value)).toEqual(bytes);
  });

  it.each([
    [0, [0x00]],
    [-1, [0x7f]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])("signed %d", (value, bytes) => {
    expect(signed(value)).toEqual(bytes);
  });

  /** Σ 7-bit groups, the lowest first; the sign is bit 6 of the last. */
  const decode = (bytes: readonly number[], isSigned: boolean): number => {
    const sum = bytes.reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0);
    return isSigned && (bytes[bytes.length - 1] & 0x40) !== 0 ? sum - 2 ** (7 * bytes.length) : sum;
  };
  const isClosed = (bytes: readonly number[]): boolean =>
    bytes.every((byte, i) => byte >= 0x80 === i < bytes.length - 1);

  it("gives back every number", () => {
    const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(300));
    fc.assert(fc.property(word, (value) => isClosed(unsigned(value)) && decode(unsigned(value), false) === value));
    const integer = fc.oneof(fc.integer(), fc.integer({ min: -300, max: 300 }));
    fc.assert(fc.property(integer, (value) => isClosed(signed(value)) && decode(signed(value), true) === value));
  });

  it("has no code for a number below 0 or a fraction where none is expected", () => {
    for (const value of [-1, 0.5, Number.NaN, Infinity]) expect(() => unsigned(value)).toThrow(`${value}`);
  });
});

describe("a module", () => {
  const code = new Code().put("local.get", 0).f32(-1.5).put("f32.add").put("local.set", 1).i32(-300).put("drop");

  it.each([
    ["its own", false],
    ["shared", true],
  ])("imports memory that is %s, and exports functions under their names", (_, shared) => {
    const bytes = encodeModule(
      [
        { name: "first ä", parameters: ["f32", "i32"], locals: ["f32"], code: new Code().bytes },
        { name: "second", parameters: ["f32"], locals: ["f32", "v128"], code: code.bytes },
      ],
      { pages: 300, shared },
    );
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(disassemble(bytes)).toMatchSnapshot();
  });

  it("may be large", () => {
    const long = new Code();
    for (let i = 0; i < 200_000; i++) long.i32(i).put("drop");
    const bytes = encodeModule([{ name: "f", parameters: [], locals: [], code: long.bytes }], {
      pages: 1,
      shared: false,
    });
    expect(WebAssembly.validate(bytes)).toBe(true);
  });
});

it("encodes a kernel with running pointers, which is disassembled to what was meant", () => {
  const [x, y]: Buffer[] = ["x", "y"].map((name) => ({ name, lane: "f32", length: 64 }));
  const b = new KernelBuilder(4);
  b.loop(
    3,
    (i) => {
      const sum = b.local(constant(0, { lane: "f32", lanes: 4 }));
      b.loop(5, (j) => {
        const place = plus(times(i, 20), times(j, -4));
        b.set(sum, apply("add", sum, b.load(x, plus(place, 16), 4)));
        b.set(sum, apply("mul", sum, b.load(x, plus(place, 17), 4)));
      });
      b.store(y, times(i, 4), sum);
    },
    { parallel: true },
  );
  const addressOf = (buffer: Buffer): number => (buffer === x ? 1024 : 2048);
  const kernel = emitKernel(b.finish("kernel"), { addressOf, relaxed: false });
  expect(disassemble(encodeModule([kernel], { pages: 1, shared: false }))).toMatchSnapshot();
});
