/** The probe tells what this host accepts. */
import { expect, it } from "vitest";
import { hasRelaxedSimd } from "./probe.ts";

/** (module (func (param v128) local.get 0 local.get 0 local.get 0 f32x4.relaxed_madd drop)), by hand. */
const module = (opcode: readonly number[]): Uint8Array<ArrayBuffer> => {
  const body = [0, 0x20, 0, 0x20, 0, 0x20, 0, ...opcode, 0x1a, 0x0b];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const sections = [1, 5, 1, 0x60, 1, 0x7b, 0, 3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body];
  return Uint8Array.from([...header, ...sections]);
};

it("says whether relaxed SIMD is there, the same each time", () => {
  const isThere = WebAssembly.validate(module([0xfd, 0x85, 0x02]));
  expect([hasRelaxedSimd(), hasRelaxedSimd()]).toEqual([isThere, isThere]);
});

it("would not be taken in by an instruction that exists everywhere", () => {
  expect(WebAssembly.validate(module([0xfd, 0x52]))).toBe(true); // v128.bitselect has the same form
  expect(WebAssembly.validate(module([0xfd, 0xff, 0x1f]))).toBe(false);
});
