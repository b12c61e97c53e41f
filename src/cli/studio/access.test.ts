/** Who may ask what of the studio's server. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type StartedStudio,
  type StudioFolder,
  startStudio,
  studioFolder,
} from "../../../tests/support/studio-server.ts";
import { findPage, serveStudio, whatIsNamed } from "./index.ts";

let folder: StudioFolder;
let studio: StartedStudio;

beforeAll(async () => {
  folder = await studioFolder();
  studio = await startStudio(folder);
});

afterAll(async () => {
  await studio.close();
  await folder.remove();
});

describe("the token", () => {
  it("in the address becomes a cookie that scripts cannot read and other sites do not send", async () => {
    const { pathname, search } = new URL(studio.address);
    const { status, headers } = await studio.ask(pathname + search, { headers: { cookie: "" } });
    expect([status, headers.location]).toEqual([303, "/"]);
    expect(headers["set-cookie"]).toEqual([`${studio.cookie}; Path=/; HttpOnly; SameSite=Strict`]);
  });

  it.each([
    ["none", "/api/runs", ""],
    ["a wrong one", "/api/runs", "fovea-studio-PORT=abc"],
    ["that of another server", "/api/runs", "fovea-studio-1=TOKEN"],
    ["a wrong one in the address, beside the right cookie", "/?token=abc", "fovea-studio-PORT=TOKEN"],
    ["the right one in an address other than the page's", "/api/runs?token=TOKEN", ""],
  ])("refuses %s", async (_, path, cookie) => {
    const token = new URL(studio.address).searchParams.get("token")!;
    const filled = (text: string): string => text.replace("TOKEN", token).replace("PORT", String(studio.port));
    const answer = await studio.ask(filled(path), { headers: { cookie: filled(cookie) } });
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([401, undefined]);
    expect(answer.text).toContain("Open the address that fovea studio has printed");
  });

  it("differs from start to start", async () => {
    const other = await startStudio(folder);
    expect(other.cookie.split("=")[1]).not.toBe(studio.cookie.split("=")[1]);
    await other.close();
  });
});

describe("hosts and origins", () => {
  it.each(["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example:4310", "[::2]:80"])(
    "refuses the host %s, to which a foreign name may have been bound",
    async (host) => {
      expect((await studio.ask("/api/runs", { headers: { host } })).status).toBe(421);
    },
  );

  it.each(["localhost", "localhost:4311", "127.0.0.1:80", "[::1]:4310"])(
    "answers to %s, as behind a tunnel",
    async (host) => {
      expect((await studio.ask("/api/runs", { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    ["a foreign origin", { origin: "https://evil.example" }],
    ["another port of this machine", { origin: "http://localhost:1" }],
    ["a file", { origin: "null" }],
    ["a request of a foreign page", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a request of a page on another port", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
    ["a foreign frame", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }],
  ])("refuses %s", async (_, headers) => {
    expect((await studio.ask("/api/runs", { headers })).status).toBe(403);
  });

  it("answers to its own page, and to a link from elsewhere", async () => {
    const own = { origin: `http://127.0.0.1:${studio.port}`, "sec-fetch-site": "same-origin" };
    expect((await studio.ask("/api/runs", { headers: own })).status).toBe(200);
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect((await studio.ask("/", { headers: link })).status).toBe(200);
  });
});

describe("paths", () => {
  const spellings = ["..", "%2e%2e", "%2E%2e", ".%2e", "..%2f..", "..%5c..", "%252e%252e", "....//..", "..;"];
  const beyond = (up: string): string[] => [
    `/${up}/secret.txt`,
    `/assets/${up}/${up}/secret.txt`,
    `/assets/${up}%2f${up}%2fsecret.txt`,
    `/api/runs/${up}/model`,
    `/api/runs/${up}%2felsewhere/model`,
  ];

  it.each([...spellings.flatMap(beyond), "//etc/passwd", "/%2fetc%2fpasswd", "/assets/%00", "/%", "/assets/link.js"])(
    "%s leads nowhere",
    async (path) => {
      const { status, text } = await studio.ask(path);
      expect(status).toBe(404);
      expect(text).not.toMatch(/secret|root:/);
    },
  );

  it.each(["/api/runs/outside/model", "/api/runs/outside/events", "/api/runs/no-run/events", "/api/runs/%2e/model"])(
    "%s is no run of the folder, and a link that leads out of it is none",
    async (path) => expect((await studio.ask(path)).status).toBe(404),
  );

  it("serves the page, its files, and nothing of a folder by itself", async () => {
    const index = await studio.ask("/");
    expect(index.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(index.text).toContain("&quot;title&quot;:&quot;runs&quot;,&quot;runs&quot;:true,&quot;model&quot;:false");
    const file = await studio.ask("/assets/a.js");
    expect([file.status, file.text, file.headers["content-type"]]).toEqual([
      ...[200, "export {};", "text/javascript; charset=utf-8"],
    ]);
    expect((await studio.ask("/assets")).status).toBe(404);
  });

  it("every answer has the headers of isolation and the policy, refusals too", async () => {
    for (const [path, asked] of [["/"], ["/none"], ["/", { headers: { cookie: "" } }]] as const) {
      const { headers } = await studio.ask(path, asked);
      expect(headers).toMatchObject({
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      });
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

describe("bodies and methods", () => {
  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("refuses %s", async (method) => {
    expect((await studio.ask("/api/runs", { method })).status).toBe(405);
  });

  it("refuses a body before it reads it", async () => {
    const asked = { headers: { "content-length": "1000" }, body: new Uint8Array(1000) };
    for (const method of ["GET", "POST"]) expect((await studio.ask("/", { method, ...asked })).status).toBe(413);
  });

  it("a body without an end is cut off, and takes no memory", async () => {
    const socket = connect(studio.port, "127.0.0.1");
    const head = `POST /api/runs HTTP/1.1\r\nHost: 127.0.0.1:${studio.port}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    let sent = 0;
    const said = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += String(chunk);
      });
      socket.on("error", () => undefined).on("close", () => resolve(text));
      const push = (): void => {
        while (!socket.destroyed && socket.write(piece)) sent += piece.length;
      };
      socket.on("drain", push).on("connect", () => {
        socket.write(head);
        push();
      });
    });
    expect(said).toMatch(/^HTTP\/1.1 413 /);
    expect(sent).toBeLessThan(256 * 2 ** 20);
    expect((await studio.ask("/api/runs")).status).toBe(200);
  });

  it("refuses headers without an end", async () => {
    const answer = studio.ask("/", { headers: { cookie: "x".repeat(100_000) } });
    expect((await answer).status).toBe(431);
  });
});

describe("what it is started with", () => {
  it("a model is served by itself", async () => {
    const { ask, close } = await startStudio(folder, "runs/first/model.safetensors");
    expect((await ask("/api/model")).text).toBe("the first model");
    expect((await ask("/api/runs")).text).toBe("[]");
    await close();
  });

  it("a run is served without its neighbors", async () => {
    await folder.write("runs/second/config.json", "{}");
    const { ask, close } = await startStudio(folder, "runs/first");
    expect(JSON.parse((await ask("/api/runs")).text)).toMatchObject([{ name: "first", hasModel: true }]);
    expect((await ask("/api/runs/second/events")).status).toBe(404);
    await close();
  });

  it.each([
    ["nothing", "runs/none", "there is no run folder, folder of runs or model file here"],
    ["a file that is no model", "secret.txt", "a model file ends with .safetensors"],
    ["a file of a run", "runs/first/config.json", "for the run, name its folder"],
  ])("%s is refused", async (_, path, message) => {
    await expect(whatIsNamed(folder.at(path))).rejects.toThrow(message);
  });

  it("a port that is taken is refused", async () => {
    const again = serveStudio({ named: { title: "" }, page: folder.at("page"), port: studio.port });
    await expect(again).rejects.toThrow(`port ${studio.port} is taken by another program; choose one with --port`);
  });

  it("a page that was not built is refused", () => {
    expect(() => findPage(folder.at("runs"))).toThrow("npm run build");
    expect(findPage(folder.at("page"))).toBe(folder.at("page"));
  });
});
