/** The studio's server over a small folder, and requests to it as they are, which `fetch` would put in order first. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveStudio } from "../../src/cli/studio/index.ts";
import { whatIsNamed } from "../../src/cli/studio/named.ts";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** A line of a log, as `fit` writes it. */
export const epochLine = (epoch: number, loss = 1 / epoch): string =>
  JSON.stringify({ epoch, training: { loss }, validation: { loss, accuracy: 1 - loss }, seconds: 1 });

/**
 * A folder with `runs/first`, a run of two epochs with a model, a link `runs/outside` to a run elsewhere, a file that is not to be
 * served, and a page.
 */
export async function studioFolder() {
  const folder = await mkdtemp(join(tmpdir(), "fovea-studio-"));
  const at = (...names: string[]): string => join(folder, ...names);
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(join(at(name), ".."), { recursive: true });
    await writeFile(at(name), text);
  };
  await write("secret.txt", "secret");
  await write("page/index.html", "<!doctype html><html><head><title>page</title></head></html>");
  await write("page/assets/a.js", "export {};");
  await write("runs/first/config.json", JSON.stringify({ model: "lenet5", data: "digits" }));
  await write("runs/first/metrics.jsonl", `${epochLine(1)}\n${epochLine(2)}\n`);
  await write("runs/first/model.safetensors", "the first model");
  await write("runs/no-run/notes.txt", "no run");
  await write("elsewhere/config.json", JSON.stringify({ model: "lenet5" }));
  await symlink(at("elsewhere"), at("runs/outside"));
  await symlink(at("secret.txt"), at("page/assets/link.js"));
  return { at, write, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type StudioFolder = Awaited<ReturnType<typeof studioFolder>>;

/** The server over what `path` names, with a page of the folder. */
export async function startStudio({ at }: StudioFolder, path = "runs") {
  const server = await serveStudio({ named: await whatIsNamed(at(path)), page: at("page"), port: 0 });
  const { port, searchParams } = new URL(server.address);
  const cookie = `fovea-studio-${port}=${searchParams.get("token")}`;
  const open = (target: string, { method = "GET", headers, body }: Asked = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: "127.0.0.1", port, path: target, method, headers: { cookie, ...headers } },
        resolve,
      );
      asked.on("error", reject);
      asked.end(body);
    });
  const ask = async (target: string, asked?: Asked): Promise<Answer> => {
    const answer = await open(target, asked);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    return { status: answer.statusCode!, headers: answer.headers, text: Buffer.concat(chunks).toString() };
  };
  return { ...server, port: Number(port), cookie, open, ask };
}

export type StartedStudio = Awaited<ReturnType<typeof startStudio>>;

/** The server-sent events of an answer, one after the other. */
export async function* eventsOf(answer: IncomingMessage): AsyncGenerator<{ event: string; data: unknown }> {
  let text = "";
  for await (const chunk of answer) {
    const blocks = (text + String(chunk)).split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}
