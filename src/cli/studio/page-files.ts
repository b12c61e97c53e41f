/** The built page: files of `dist/studio`, and `index.html` with what is served beside them. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { StateError } from "../../array/index.ts";
import type { Served } from "./contract.ts";
import { inside } from "./inside.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** Names of files in here contain a hash of their contents. */
const HASHED = /^\/assets\//;

const builtPage = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("fovea/package.json")), "dist", "studio");

/** The folder of the page. @throws StateError when it has not been built */
export function findPage(folder = builtPage()): string {
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new StateError(
    "the studio's page has not been built: there is no dist/studio/index.html; npm run build makes it",
  );
}

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

/** @param path of the address, decoded: `/assets/index.js`; `undefined` where there is no such file */
export async function pageFile(folder: string, path: string, served: Served): Promise<PageFile | undefined> {
  const name = path === "/" ? "/index.html" : path;
  const file = path.split(/[/\\]/).includes("..") ? undefined : await inside(folder, name);
  if (file === undefined || !(await stat(file)).isFile()) return undefined;
  const bytes = await readFile(file);
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  const cache = HASHED.test(name) ? "private, max-age=31536000, immutable" : "no-cache";
  const headers = { "content-type": type, "cache-control": cache };
  return { bytes: name === "/index.html" ? withServed(bytes, served) : new Uint8Array(bytes), headers };
}

/** So the page knows that there is a server without asking for one; on other hosts it then asks nothing. */
function withServed(html: Uint8Array, served: Served): Uint8Array<ArrayBuffer> {
  const content = JSON.stringify(served).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const text = new TextDecoder().decode(html);
  return new TextEncoder().encode(
    text.replace("<head>", () => `<head>\n    <meta name="fovea-server" content="${content}" />`),
  );
}
