/**
 * Serves the built package and this folder's modules on loopback. Browsers do not know package names, and workers take no
 * import maps: names are replaced by paths on the way out, as package.json has them for browsers.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import ts from "typescript";

interface Package {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly imports: Readonly<Record<string, { readonly browser: string }>>;
}

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(`.${path}`, root), "utf8");
const { exports, imports } = JSON.parse(read("/package.json")) as Package;

/** The package's entries for browsers, by the names that programs import them by. */
export const entries: ReadonlyMap<string, string> = new Map([
  ...Object.entries(imports).map(([name, { browser }]) => [name, browser] as const),
  ...Object.entries(exports).flatMap(([name, entry]) =>
    typeof entry === "string" ? [] : [[`fovea${name.slice(1)}`, entry.default] as const],
  ),
]);

/** The packages that the library imports, as a page's import map or a bundler would find them. */
const packages: ReadonlyMap<string, string> = new Map([
  ["@bufbuild/protobuf/wire", "./node_modules/@bufbuild/protobuf/dist/esm/wire/index.js"],
]);

/** Only these are served, beside the page and what is handed in. */
const SERVED = /^\/((dist|node_modules\/@bufbuild)\/[\w/.-]+\.js|(tests|bench)\/browser\/[\w-]+\.ts)$/;

const withPaths = (code: string): string =>
  code.replace(/(\bfrom\s+|\bimport\s*\(\s*)"([#@\w][\w/-]*)"/g, (whole, before: string, name: string) => {
    const path = entries.get(name) ?? packages.get(name);
    return path === undefined ? whole : `${before}"${path.slice(1)}"`;
  });

function moduleAt(path: string): string {
  if (path.endsWith(".js")) return withPaths(read(path));
  const target = ts.ScriptTarget.ES2023;
  const options = { target, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return withPaths(ts.transpileModule(read(path), { compilerOptions: options }).outputText);
}

const pageOf = (script: string): string =>
  `<!doctype html><title>Fovea</title><script type="module" src="${script}"></script>`;
const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

type Answer = readonly [type: string, body: string | Uint8Array];

const typeOf = (path: string): string =>
  path.endsWith(".mjs") ? "text/javascript" : path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";

function answerTo(path: string, { files, page = "/tests/browser/page.ts" }: ServerOptions): Answer | undefined {
  const file = files.get(path);
  if (file !== undefined) return [typeOf(path), file];
  if (path === "/") return ["text/html", pageOf(page)];
  return SERVED.test(path) && !path.includes("..") ? ["text/javascript", moduleAt(path)] : undefined;
}

export interface ServerOptions {
  /** Whether pages are cross-origin isolated, so that threads may share memory. */
  readonly isolated: boolean;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The script of the page. Default: that of the tests. */
  readonly page?: string;
}

export interface Server {
  readonly url: string;
  stop(): void;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { isolated } = options;
  const reply = ({ url = "/" }: IncomingMessage, response: ServerResponse): void => {
    const answer = answerTo(new URL(url, "http://localhost").pathname, options);
    if (answer === undefined) return void response.writeHead(404).end();
    const [type, body] = answer;
    response.writeHead(200, { ...(isolated && ISOLATION), "content-type": type }).end(body);
  };
  const server = createServer((request, response) => {
    try {
      reply(request, response);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, stop: () => void server.close() };
}
