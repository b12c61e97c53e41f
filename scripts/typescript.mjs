/**
 * Lets Node run the project's TypeScript as it stands: types are taken off, module by module, on the way in.
 *
 *   node --conditions=fovea-source --import ./scripts/typescript.mjs FILE.ts
 */
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { transformSync } from "rolldown/utils";

// Node loads this file a second time, on the thread of the hooks.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  const source = await readFile(path, "utf8");
  const options = { sourcemap: true, typescript: { onlyRemoveTypeImports: true } };
  const { code, map, errors } = transformSync(path, source, options);
  if (errors.length > 0) throw errors[0];
  const encoded = Buffer.from(JSON.stringify(map)).toString("base64");
  return {
    format: "module",
    source: `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`,
    shortCircuit: true,
  };
}
