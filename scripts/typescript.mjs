/**
 * Lets Node run the project's TypeScript as it stands: types are taken off, module by module, on the way in.
 *
 *   node --conditions=fovea-source --import ./scripts/typescript.mjs FILE.ts
 */
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import ts from "typescript";

// Node loads this file a second time, on the thread of the hooks.
if (isMainThread) register(import.meta.url);

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
};

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const source = await readFile(fileURLToPath(url), "utf8");
  const { outputText } = ts.transpileModule(source, { fileName: fileURLToPath(url), compilerOptions });
  return { format: "module", source: outputText, shortCircuit: true };
}
