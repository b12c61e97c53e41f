/** Serves the built studio on loopback, with the headers that threads need. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const site = new URL("../../dist/studio/", import.meta.url);
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

export interface Served {
  readonly url: string;
  stop(): void;
}

export async function serveStudio(): Promise<Served> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = new URL(`.${pathname === "/" ? "/index.html" : pathname}`, site);
    try {
      const bytes = await readFile(fileURLToPath(file));
      const type = types[extname(file.pathname)] ?? "application/octet-stream";
      response.writeHead(200, { ...isolation, "content-type": type }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, stop: () => void server.close() };
}
