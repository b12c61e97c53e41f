/** Serves the studio on loopback until it is stopped. */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { StateError } from "../../array/index.ts";
import { studioApp } from "./app.ts";
import type { Named } from "./named.ts";

export interface ServeOptions {
  readonly named: Named;
  /** The folder of the built page. */
  readonly page: string;
  /** 0: one that is free. */
  readonly port: number;
}

export interface StudioServer {
  /** The address to open, with the token. */
  readonly address: string;
  /** Ends all connections, and is done when the port is free. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/** @throws StateError when the port is taken or not allowed */
export async function serveStudio({ named, page, port: wanted }: ServeOptions): Promise<StudioServer> {
  const server = createServer();
  const port = await listen(server, wanted);
  const token = randomBytes(24).toString("base64url");
  const app = studioApp({ named, page, token, cookie: `fovea-studio-${port}` });
  // The globals of this process stay as they are.
  server.on("request", getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  return {
    address: `http://${HOST}:${port}/?token=${token}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken by another program",
  EACCES: "may not be used without further rights",
};

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ""];
      reject(
        reason === undefined
          ? error
          : new StateError(`port ${port} ${reason}; choose one with --port, or --port 0 for a free one`),
      );
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
