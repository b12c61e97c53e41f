/** The library as the studio's builds find it: the package's own entries, as it was built before, and its platform for browsers. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly imports: Readonly<Record<"#platform", { readonly browser: string }>>;
}

const root = new URL("../../", import.meta.url);

/** The path of a file of the package. */
export const pathOf = (file: string): string => fileURLToPath(new URL(file, root));

const { exports, imports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;

const entries = Object.entries(exports).flatMap(([name, entry]) =>
  typeof entry === "string"
    ? []
    : [{ find: new RegExp(`^fovea${name.slice(1)}$`), replacement: pathOf(entry.default) }],
);

/** What imports of the library mean. */
export const aliases = [...entries, { find: /^#platform$/, replacement: pathOf(imports["#platform"].browser) }];
