/** Serves the built studio on loopback as a static host does. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const site = new URL("../../dist/studio/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

export interface StudioServer {
  readonly url: string;
  stop(): void;
}

export interface StudioServerOptions {
  /** Whether the host sends the headers that let threads share memory. Default true. */
  readonly isolated?: boolean;
  /** The folder of the host that the studio lies in. Default `/`. */
  readonly folder?: string;
}

export async function serveStudio({ isolated = true, folder = "/" }: StudioServerOptions = {}): Promise<StudioServer> {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = new URL(pathname.replace(folder, "./").replace(/^\.\/$/, "./index.html"), site);
    try {
      if (!pathname.startsWith(folder)) throw new Error("outside of the folder");
      const bytes = await readFile(fileURLToPath(file));
      const type = TYPES[extname(file.pathname)] ?? "application/octet-stream";
      response.writeHead(200, { ...(isolated && ISOLATION), "content-type": type }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${folder}`, stop: () => void server.close() };
}
