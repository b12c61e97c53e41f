import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Tests that replace modules, globals or the environment run in a context of their own; all others share theirs. So do those
 * of the reference: the compiler writes the members of a union in the order in which it met them first.
 */
const REPLACES = /\bvi\.(mock|doMock|resetModules|stubEnv|stubGlobal)\b|\bprocess\.env\b|FOVEA_X64/;

const tests = ["src", "tests"].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".test.ts")),
);
const isAlone = (file: string): boolean =>
  file.startsWith("tests/reference/") || REPLACES.test(readFileSync(join(import.meta.dirname, file), "utf8"));

const common = {
  resolve: { conditions: ["fovea-source"] },
  ssr: { resolve: { conditions: ["fovea-source"], externalConditions: ["fovea-source"] } },
};
const project = (name: string, include: string[], isolate: boolean) => ({
  ...common,
  test: { name, include, isolate, testTimeout: 60_000, hookTimeout: 60_000 },
});

export default defineConfig({
  ...common,
  test: {
    maxWorkers: "100%",
    projects: [
      project(
        "shared",
        tests.filter((file) => !isAlone(file)),
        false,
      ),
      project("alone", tests.filter(isAlone), true),
    ],
  },
});
