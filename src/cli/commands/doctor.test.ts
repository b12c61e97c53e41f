/** What `doctor` says of an engine that can be used but is not tested; the rest is tested on the built command. */
import { afterEach, expect, it, vi } from "vitest";
import type { NativeHostSearch } from "#platform";
import { fakeHost } from "../../../tests/support/x64-systems.ts";
import { findX64Support } from "../../engines/cpu/x64/index.ts";
import type { Output } from "../io.ts";
import { doctorCommand } from "./doctor.ts";

const here = vi.hoisted(() => ({ search: undefined as NativeHostSearch | undefined }));
vi.mock("#platform", async (original) => {
  const real = await original<{ nativeHost: () => NativeHostSearch }>();
  return { ...real, nativeHost: () => here.search ?? real.nativeHost() };
});

afterEach(() => {
  vi.unstubAllEnvs();
  here.search = undefined;
});

async function lineOfX64(): Promise<string | undefined> {
  const lines: string[] = [];
  const output = { print: (line: string) => lines.push(line), paint: (_: string, text: string) => text };
  await doctorCommand(output as unknown as Output).parseAsync([], { from: "user" });
  return lines.find((line) => line.includes("engine x64"));
}

const hint = "; auto passes it over: choose it with --engine x64, or FOVEA_X64=avx2 or avx512";
const support = findX64Support();
const canFake = support.found && support.host.system === "linux";

it.skipIf(!canFake)("an engine that is not tested here is offered, with how to choose it", async () => {
  if (!support.found) return;
  expect(await lineOfX64()).not.toContain(hint);
  here.search = { found: true, host: fakeHost(support.host, "macos") };
  expect(await lineOfX64()).toMatch(/^✓ engine x64 .* machine code with AVX.* \(a fake of macos\), \d+ threads?; auto/);
  expect(await lineOfX64()).toContain(hint);
  vi.stubEnv("FOVEA_X64", "avx2");
  expect(await lineOfX64()).not.toContain(hint);
});
