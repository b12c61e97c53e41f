/**
 * Builds the studio once more, into `dist/studio/offline.html`: one file that works from a disk or a stick. Browsers load no modules and
 * no workers from files, so everything is one classic script in the page, and workers are made of text.
 */
import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { aliases, pathOf } from "./build/library.ts";

/** `new Worker(new URL("worker.ts", import.meta.url), { type: "module", name: "training" })` becomes a worker of text. */
const STARTS = /new Worker\(\s*new URL\("([^"]+)", import\.meta\.url\),\s*\{([^}]*)\},?\s*\)/g;

const inlineWorkers = (): Plugin => ({
  name: "inline-workers",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(pathOf("studio/src"))) return undefined;
    const imports: string[] = [];
    const changed = code.replace(STARTS, (_, path: string, options: string) => {
      imports.push(`import InlineWorker${imports.length} from "${path}?worker&inline";`);
      return `new InlineWorker${imports.length - 1}({${options}})`;
    });
    return imports.length === 0 ? undefined : `${imports.join("\n")}\n${changed}`;
  },
});

/** The page with its script and styles in it. */
const oneFile = (): Plugin => ({
  name: "one-file",
  enforce: "post",
  generateBundle(_, bundle) {
    const files = Object.values(bundle);
    const code = files.flatMap((file) => (file.type === "chunk" ? [file.code] : []));
    const styles = files.flatMap((file) =>
      file.type === "asset" && file.fileName.endsWith(".css") ? [String(file.source)] : [],
    );
    if (code.length !== 1) throw new Error(`expected one script, got ${code.length}`);
    for (const name of Object.keys(bundle)) delete bundle[name];
    this.emitFile({ type: "asset", fileName: "offline.html", source: pageWith(code[0], styles.join("\n")) });
  },
});

function pageWith(code: string, styles: string): string {
  const page = readFileSync(pathOf("studio/index.html"), "utf8");
  const icon = `data:image/svg+xml;base64,${readFileSync(pathOf("studio/public/icon.svg")).toString("base64")}`;
  // Neither may end the element that it stands in.
  const script = code.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
  return page
    .replace(/\s*<script vite-ignore.*<\/script>/, "")
    .replace('href="icon.svg"', () => `href="${icon}"`)
    .replace("</head>", () => `<style>${styles.replaceAll("</", "<\\/")}</style></head>`)
    .replace(/<script type="module"[^>]*><\/script>/, () => `<script>${script}</script>`);
}

/** There is no address that more code could come from; what would be loaded from one is in the file. */
const define = { "import.meta.url": '"https://offline.invalid/"', "import.meta.resolve": "undefined" };

export default defineConfig({
  root: pathOf("studio"),
  base: "./",
  publicDir: false,
  plugins: [inlineWorkers(), svelte(), oneFile()],
  resolve: { alias: aliases },
  define,
  worker: { format: "iife", plugins: () => [] },
  build: {
    ...{ outDir: pathOf("dist/studio"), emptyOutDir: false, target: "es2023", chunkSizeWarningLimit: 10_000 },
    ...{ cssCodeSplit: false, assetsInlineLimit: Number.MAX_SAFE_INTEGER, modulePreload: false },
    rolldownOptions: {
      input: pathOf("studio/src/main.ts"),
      output: { format: "iife", codeSplitting: false },
    },
  },
});
