/** Which file wants the row that an op is missing, in words, for the messages of the contract suite. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const sourcesIn = (folder: string): readonly { readonly path: string; readonly text: string }[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** The path of the one file in a folder that has a piece of text. @throws Error where there is none, or more than one */
export function fileWith(folder: string, text: string): string {
  const found = sourcesIn(folder).filter((source) => source.text.includes(text));
  if (found.length !== 1) throw new Error(`'${text}' is in ${found.length} files of ${folder}, expected 1`);
  return found[0].path;
}

/** The names of the ops that files of src/ops define in records, each with its file. */
export const definedOps = (): readonly { readonly name: string; readonly path: string }[] =>
  sourcesIn("src/ops").flatMap(({ path, text }) =>
    [...text.matchAll(/^\s+name: "(\w+)",$/gm)].map(([, name]) => ({ name, path })),
  );

/** What to do about an op that the compiled engines cannot compute. */
export const wantsKernel = (name: string): string =>
  `the op '${name}' has no kernel; give it one of these: a row in \`elementwise\` of ${fileWith("src/engines", "const elementwise: ")}, ` +
  `a row in \`lowerings\` of ${fileWith("src/engines", "const lowerings = ")}, \`expand\` in its record, ` +
  `or a row with the reason why not in ${fileWith("src/engines", "export const knownLacks = ")}`;

/** What to do about a record that the registry does not have. */
export const wantsExport = ({ name, path }: { readonly name: string; readonly path: string }): string =>
  `${path} defines the op '${name}', which src/ops/catalog.ts does not list`;

/** What to do about an op that nothing tests. */
export const wantsSamples = (name: string): string =>
  `the op '${name}' is differentiable and has no \`samples\` in its record; add one for every case of its meaning`;
