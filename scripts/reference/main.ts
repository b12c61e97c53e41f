/** Writes the pages of `docs/reference`, and says what has no docstring: `npm run docs`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gaps } from "./gaps.ts";
import { FOLDER, pages } from "./pages.ts";
import { root } from "./source.ts";

mkdirSync(join(root, FOLDER), { recursive: true });
for (const [name, write] of Object.entries(pages)) {
  writeFileSync(join(root, FOLDER, name), write());
}

const missing = gaps();
for (const gap of missing) console.error(gap);
if (missing.length > 0) process.exitCode = 1;
