/**
 * Runs programs one after the other, and prints as JSON what each of them printed, line by line.
 *
 *   node --conditions=fovea-source --import ./scripts/typescript.mjs scripts/examples.ts FILE.ts …
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const printed: Record<string, string[]> = {};
for (const file of process.argv.slice(2)) {
  const lines: string[] = [];
  printed[file] = lines;
  console.log = (...values: unknown[]) => void lines.push(...format(...values).split("\n"));
  await import(pathToFileURL(resolve(file)).href);
}
process.stdout.write(JSON.stringify(printed));
