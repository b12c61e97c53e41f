/**
 * Puts the modules of `src` together into few files, which load several times as fast as hundreds: one for each entry of the
 * package, each platform and each thread, and chunks that they share. Other packages stay outside, and `#platform`, of
 * which the runtime chooses one.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** The modules that the package's own table names: `./dist/entries/data.js` is built from `src/entries/data.ts`. */
const modulesIn = (value) =>
  typeof value === "string"
    ? (/^\.\/dist\/(.+)\.js$/.exec(value)?.slice(1) ?? [])
    : Object.values(value).flatMap(modulesIn);
const entries = modulesIn([manifest.exports, manifest.imports, manifest.bin]);

/** Modules of threads lie beside what starts them: a chunk, which has no folder, and the command. */
const threads = {
  "loader-worker": "data/loader/loader-worker",
  "cli/compile-time-thread": "bench/compile-time-thread",
};

const modules = { ...Object.fromEntries(entries.map((name) => [name, name])), ...threads };
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, `src/${module}.ts`])),
  external: (id, importer) => importer !== undefined && !/^([./]|[A-Za-z]:)/.test(id),
  platform: "neutral",
});

// Chunks of an earlier build have other names when they held something else.
const earlier = existsSync("dist") ? readdirSync("dist", { recursive: true }) : [];
for (const name of earlier.filter((name) => name.endsWith(".js"))) rmSync(join("dist", name));

await bundle.write({ dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
await bundle.close();

// npm makes commands executable when it links them, which is before a build that replaces them.
for (const command of Object.values(manifest.bin)) chmodSync(command, 0o755);
