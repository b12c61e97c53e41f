/** Builds the studio into `dist/studio`: a static site that any web host can serve, and that `fovea studio` serves. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly imports: Readonly<Record<"#platform", { readonly browser: string }>>;
}

const root = new URL("../", import.meta.url);
const pathOf = (file: string): string => fileURLToPath(new URL(file, root));
const { exports, imports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;

/** The package's own entries, as it was built before. */
const entries = Object.entries(exports).flatMap(([name, entry]) =>
  typeof entry === "string"
    ? []
    : [{ find: new RegExp(`^fovea${name.slice(1)}$`), replacement: pathOf(entry.default) }],
);

export default defineConfig({
  root: pathOf("studio"),
  // Relative addresses, so that the site works in any folder of any host.
  base: "./",
  plugins: [svelte()],
  resolve: { alias: [...entries, { find: /^#platform$/, replacement: pathOf(imports["#platform"].browser) }] },
  worker: { format: "es" },
  build: { outDir: pathOf("dist/studio"), emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 2000 },
});
