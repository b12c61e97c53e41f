/** The studio's server as a function from requests to answers: the page, and what it was started with. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { FoveaError } from "../../array/index.ts";
import type { Served } from "./contract.ts";
import { eventStream } from "./event-stream.ts";
import { type GuardOptions, guard } from "./guard.ts";
import type { Named } from "./named.ts";
import { NamedData } from "./named-data.ts";
import { pageFile } from "./page-files.ts";
import { RunWatcher } from "./run-watcher.ts";

export interface StudioOptions extends GuardOptions {
  readonly named: Named;
  /** The folder of the built page. */
  readonly page: string;
  /** Follows the runs. Default: a new one. */
  readonly watcher?: RunWatcher;
}

export function studioApp({ named, page, watcher = new RunWatcher(named), ...access }: StudioOptions): Hono {
  const app = new Hono();
  const data = new NamedData();
  const served: Served = { title: named.title, runs: named.folder !== undefined, model: named.model !== undefined };
  app.use(guard(access));

  app.get("/api/runs", async (context) => context.json(await watcher.runs()));
  app.get("/api/events", () => eventStream(watcher));
  app.get("/api/runs/:name/events", async (context) => {
    const name = context.req.param("name");
    return (await watcher.has(name)) ? eventStream(watcher, name) : missing(context, `no run '${name}' is served`);
  });
  app.get("/api/runs/:name/model", async (context) => {
    const name = context.req.param("name");
    return fileAnswer(context, await watcher.modelOf(name), `no run '${name}' with a model is served`);
  });
  app.get("/api/model", (context) => fileAnswer(context, named.model, "the studio was started without a model file"));
  app.get("/api/data", async (context) => context.json(await data.list()));
  app.get("/api/data/:name", async (context) => {
    const { name } = context.req.param();
    if (!data.isName(name)) return missing(context, `there is no data set '${name}' here`);
    const { part = "train", count = "10000" } = context.req.query();
    return new Response(new Uint8Array(await data.bytes(name, part, count)), { headers: BINARY });
  });
  app.get("/api/*", (context) => missing(context, `there is nothing at ${context.req.path}`));
  app.get("*", async (context) => {
    const path = decoded(context.req.path);
    const file = path === undefined ? undefined : await pageFile(page, path, served);
    return file ? new Response(file.bytes, { headers: file.headers }) : missing(context, "there is no such file");
  });
  app.onError((error, context) => {
    const isKnown = error instanceof FoveaError;
    return context.json({ error: isKnown ? error.message : "the server failed" }, isKnown ? 400 : 500);
  });
  return app;
}

const BINARY = { "content-type": "application/octet-stream", "cache-control": "no-store" };

const missing = (context: Context, what: string): Response => context.json({ error: what }, 404);

async function fileAnswer(context: Context, path: string | undefined, otherwise: string): Promise<Response> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found?.isFile()) return missing(context, otherwise);
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`;
  const headers = { ...BINARY, "content-length": String(found.size), "content-disposition": disposition };
  return new Response(body, { headers });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
