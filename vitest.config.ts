import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Tests that replace modules, globals or the environment run in a context of their own; all others share theirs. */
const REPLACES = /\bvi\.(mock|doMock|resetModules|stubEnv|stubGlobal)\b|\bprocess\.env\b|FOVEA_X64/;

/**
 * So do the pages of the reference, since the compiler writes the members of a union in the order in which it met them
 * first, and the programs of other pages, which begin where a user's do.
 */
const ALONE = ["tests/reference/pages.test.ts", "tests/reference/page-programs.test.ts"];

const tests = ["src", "studio/src", "tests"].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".test.ts")),
);
const isAlone = (file: string): boolean =>
  ALONE.includes(file) || REPLACES.test(readFileSync(join(import.meta.dirname, file), "utf8"));

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
