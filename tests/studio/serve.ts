/** Serves the built studio on loopback, with the headers that threads need. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

const root = new URL("../../dist/studio/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export interface Served {
  /** The page, without an area. */
  readonly address: string;
  readonly close: () => void;
}

export function serveStudio(): Promise<Served> {
  const server = createServer((request, response) => {
    // The parser of addresses leaves no `..` that leads out.
    const { pathname } = new URL(request.url ?? "/", "http://studio");
    const file = pathname === "/" ? "index.html" : pathname.slice(1);
    readFile(new URL(file, root)).then(
      (bytes) => {
        response.writeHead(200, {
          "content-type": types[extname(file)] ?? "application/octet-stream",
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({ address: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}
