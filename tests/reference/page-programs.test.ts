/** The programs of the pages print what stands behind their arrows. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { afterAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const programsOf = (page: string): string[] =>
  [...readFileSync(join(root, "docs", page), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

/** Inside the package, so that `fovea` means this package. */
const folder = join(root, "dist", "page-programs");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(["data.md", "tasks.md", "language.md", "from-pytorch.md", "from-keras.md", "from-tensorflow-js.md"])(
  "docs/%s",
  (page) => {
    it.each(programsOf(page).map((code, i) => ({ code, i })))(
      "has programs that print what they promise: $i",
      async ({ code, i }) => {
        mkdirSync(folder, { recursive: true });
        const file = join(folder, `${page}-${i}.ts`);
        writeFileSync(file, code);
        const printed: string[] = [];
        const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(format(...values)));
        await import(file);
        log.mockRestore();
        expect(printed).toEqual([...code.matchAll(/^ *\/\/ → (.*)$/gm)].map(([, text]) => text));
      },
    );
  },
);
