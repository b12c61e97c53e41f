import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { DataError } from "../array/index.ts";
import { type DownloadOptions, download } from "./download.ts";

const contents = Buffer.alloc(200_000, "fovea ");
const sha256 = createHash("sha256").update(contents).digest("hex");

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Serves paths on the loopback interface; gives the address without a slash at the end. */
async function serve(routes: Record<string, RequestListener>): Promise<string> {
  server = createServer((request, response) => {
    const route = routes[request.url ?? ""];
    if (route) return route(request, response);
    response.writeHead(404).end("not here");
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const good: RequestListener = (_, response) => {
  response.writeHead(200, { "content-length": contents.length });
  response.write(contents.subarray(0, 100_000));
  setTimeout(() => response.end(contents.subarray(100_000)), 20);
};

const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  name: "digits.gz",
  set: "digits",
  limit: 1e6,
  sha256,
  ...more,
});

/** What a download from one path fails with, without the address of the server. */
async function failureOf(route: RequestListener, more: Partial<DownloadOptions> = {}): Promise<string> {
  const base = await serve({ "/file": route });
  const error = await download([`${base}/file`], options(more)).then(
    () => new Error("the download was accepted"),
    (error) => error,
  );
  expect(error).toBeInstanceOf(DataError);
  return error.message.replaceAll(base, "http://mirror");
}

describe("a good transfer", () => {
  it("brings the bytes and tells how far it is", async () => {
    const base = await serve({ "/file": good });
    const progress: [number, number | undefined][] = [];
    const bytes = await download([`${base}/file`], options({ onProgress: (...step) => progress.push(step) }));
    expect(Buffer.compare(bytes, contents)).toBe(0);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toEqual([200_000, 200_000]);
    expect(progress.every(([received], i) => i === 0 || received > progress[i - 1][0])).toBe(true);
  });

  it("follows a redirection", async () => {
    const moved: RequestListener = (_, response) => response.writeHead(302, { location: "/elsewhere" }).end();
    const base = await serve({ "/file": moved, "/elsewhere": good });
    expect((await download([`${base}/file`], options())).length).toBe(contents.length);
  });

  it("does not know the total where the server packs what it sends, or does not say", async () => {
    const packed: RequestListener = (_, response) => {
      const body = gzipSync(contents);
      response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length }).end(body);
    };
    const chunked: RequestListener = (_, response) => response.writeHead(200).end(contents);
    const base = await serve({ "/packed": packed, "/chunked": chunked });
    const totals: (number | undefined)[] = [];
    for (const path of ["/packed", "/chunked"]) {
      await download([`${base}${path}`], options({ onProgress: (_, total) => totals.push(total) }));
    }
    expect(new Set(totals)).toEqual(new Set([undefined]));
  });

  it("goes on to the next mirror, over every kind of failure", async () => {
    const other: RequestListener = (_, response) => response.end("something else");
    const base = await serve({ "/other": other, "/file": good });
    const bytes = await download(["http://127.0.0.1:1/x", `${base}/none`, `${base}/other`, `${base}/file`], options());
    expect(bytes.length).toBe(contents.length);
  });
});

describe("a bad mirror", () => {
  it("that does not have the file", async () => {
    expect(await failureOf((_, response) => response.writeHead(404).end())).toBe(
      "cannot download digits.gz:\n  http://mirror/file: HTTP 404 Not Found\n" +
        "check the network, or put the file into FOLDER/digits and set FOVEA_DATA=FOLDER",
    );
  });

  it("that breaks off", async () => {
    const message = await failureOf((_, response) => {
      response.writeHead(200, { "content-length": contents.length });
      response.write(contents.subarray(0, 1000), () => setTimeout(() => response.destroy(), 200));
    });
    expect(message).toMatch(/mirror\/file: broke off after 1000 of 200000 bytes: .+/);
  });

  it("that ends early without a length", async () => {
    const message = await failureOf((_, response) => response.end(contents.subarray(0, 1000)));
    expect(message).toMatch(/mirror\/file: another file came: its SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}/);
  });

  it("that announces more than it sends", async () => {
    const message = await failureOf((request, response) => {
      response.writeHead(200, { "content-length": 300_000 });
      response.write(contents, () => request.socket.end());
    });
    expect(message).toContain("mirror/file: broke off after 200000 of 300000 bytes");
  });

  it("that announces less than it sends", async () => {
    const message = await failureOf((request) => {
      request.socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n${"x".repeat(1000)}`);
    });
    expect(message).toMatch(/another file came|broke off/);
  });

  it("that sends or announces more than the limit", async () => {
    expect(await failureOf(good, { limit: 150_000 })).toContain(
      "200000 bytes are announced, at most 150000 are accepted",
    );
    const endless: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write(contents), 1);
      response.on("close", () => clearInterval(timer));
    };
    expect(await failureOf(endless)).toContain("more than the 1000000 bytes that are accepted came");
  });

  it("that falls silent, before or after the first byte", async () => {
    expect(await failureOf(() => {}, { idleTimeout: 60 })).toContain("mirror/file: nothing came for 0.06 s");
    const message = await failureOf((_, response) => void response.write("begin"), { idleTimeout: 400 });
    expect(message).toContain("broke off after 5 bytes: nothing came for 0.4 s");
  });

  it("is not given up while it sends, however slowly", async () => {
    const slow: RequestListener = (_, response) => {
      let at = 0;
      const timer = setInterval(() => {
        response.write(contents.subarray(at, at + 20_000));
        at += 20_000;
        if (at >= contents.length) response.end(() => clearInterval(timer));
      }, 100);
    };
    const base = await serve({ "/file": slow });
    expect((await download([`${base}/file`], options({ idleTimeout: 600 }))).length).toBe(contents.length);
  });
});

it("lists every mirror with its reason when all fail", async () => {
  const base = await serve({ "/b": (_, response) => response.writeHead(503).end() });
  const failure = await download(["http://127.0.0.1:1/a", `${base}/b`], options()).catch((error) => error);
  expect(failure).toBeInstanceOf(DataError);
  const lines = failure.message.split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^ {2}http:\/\/127\.0\.0\.1:1\/a: .+/);
  expect(lines[2]).toContain("/b: HTTP 503 Service Unavailable");
  await expect(download([], options())).rejects.toThrow("no mirror is known");
});

it("stops at the signal, and does not try the next mirror", async () => {
  const stop = new AbortController();
  const reason = new Error("interrupted");
  let asked = 0;
  const base = await serve({
    "/file": (_, response) => {
      asked++;
      response.write("begin", () => setTimeout(() => stop.abort(reason), 20));
    },
  });
  await expect(download([`${base}/file`, `${base}/file`], options({ signal: stop.signal }))).rejects.toBe(reason);
  expect(asked).toBe(1);
  await expect(download([`${base}/file`], options({ signal: stop.signal }))).rejects.toBe(reason);
  expect(asked).toBe(1);
});
