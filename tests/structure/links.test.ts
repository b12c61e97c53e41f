/** Links in the documents that are published lead to files that are published with them. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

function publishedFiles(): ReadonlySet<string> {
  // The files are listed, not built again.
  const words = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const { stdout } = spawnSync("npm", words, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  const [{ files }]: [{ files: readonly { path: string }[] }] = JSON.parse(stdout);
  return new Set(files.map(({ path }) => path));
}

/** Targets of links and pictures, without those that are on the web or in the same document. */
const targetsIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
    .map(([, inText, inTag]) => (inText ?? inTag).replace(/#.*/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));

it("documents link to what is published with them", () => {
  const files = publishedFiles();
  const pages = [...files].filter((path) => path.endsWith(".md"));
  expect(pages).toContain("README.md");
  const lost = pages.flatMap((page) =>
    targetsIn(readFileSync(root + page, "utf8"))
      .filter((target) => !files.has(posix.join(posix.dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect([...new Set(lost)]).toEqual([]);
});
