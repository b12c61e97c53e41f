/** Runs of the command line as they go on: what the server tells of them. */
import { appendFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeEach, expect, it } from "vitest";
import {
  epochLine,
  eventsOf,
  type StartedStudio,
  type StudioFolder,
  startStudio,
  studioFolder,
} from "../../../tests/support/studio-server.ts";
import type { RunEvents } from "./contract.ts";

const opened: { close(): Promise<void>; remove?: () => Promise<void> }[] = [];
let folder: StudioFolder;
let studio: StartedStudio;

beforeEach(async () => {
  folder = await studioFolder();
  studio = await startStudio(folder);
  opened.push({ ...studio, remove: folder.remove });
});

afterAll(async () => {
  for (const { close, remove } of opened) {
    await close();
    await remove?.();
  }
});

/** Hears of the runs: what the last event leaves, as a page would hold it. */
function follow(answer: IncomingMessage) {
  const lines = new Map<string, RunEvents["lines"]["lines"][number][]>();
  const events = eventsOf(answer);
  const until = async (isDone: (event: string, data: object) => boolean): Promise<void> => {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error("the stream has ended");
      const { event, data } = value;
      if (event === "run" && !lines.has((data as RunEvents["run"]).name))
        lines.set((data as RunEvents["run"]).name, []);
      if (event === "gone") lines.delete((data as RunEvents["gone"]).name);
      if (event === "lines") {
        const { name, from, lines: more } = data as RunEvents["lines"];
        lines.set(name, [...(lines.get(name) ?? []).slice(0, from), ...more]);
      }
      if (isDone(event, data as object)) return;
    }
  };
  const epochs = (name: string) => lines.get(name)?.map(({ epoch }) => epoch);
  return { until, epochs, names: () => [...lines.keys()] };
}

const isLines = (event: string): boolean => event === "lines";

it("tells what is there, then every line that is added", async () => {
  const run = follow(await studio.open("/api/events"));
  await run.until((event) => event === "listed");
  expect([run.names(), run.epochs("first")]).toEqual([["first"], [1, 2]]);
  for (const epoch of [3, 4, 5]) {
    await appendFile(folder.at("runs/first/metrics.jsonl"), `${epochLine(epoch)}\n`);
    await run.until(isLines);
    expect(run.epochs("first")).toEqual([1, 2, 3, 4, 5].slice(0, epoch));
  }
});

it("follows a file that is replaced whole, cut, spoiled and removed", async () => {
  const log = folder.at("runs/first/metrics.jsonl");
  const run = follow(await studio.open("/api/runs/first/events"));
  await run.until((event) => event === "listed");
  await writeFile(`${log}.new`, [1, 2, 3].map((epoch) => `${epochLine(epoch)}\n`).join(""));
  await rename(`${log}.new`, log);
  await run.until(isLines);
  expect(run.epochs("first")).toEqual([1, 2, 3]);
  await truncate(log, epochLine(1).length + 1);
  await run.until(isLines);
  expect(run.epochs("first")).toEqual([1]);
  // Half a line waits for the other half, and what is no record is passed over.
  const [half, rest] = [epochLine(2).slice(0, 9), epochLine(2).slice(9)];
  await appendFile(log, half);
  await appendFile(log, `${rest}\nnot JSON\n[7]\n${epochLine(3)}\n`);
  await run.until((event) => isLines(event) && run.epochs("first")!.length === 3);
  expect(run.epochs("first")).toEqual([1, 2, 3]);
  await rm(log);
  await run.until(isLines);
  expect(run.epochs("first")).toEqual([]);
  await writeFile(log, `${epochLine(1)}\n`);
  await run.until(isLines);
  expect(run.epochs("first")).toEqual([1]);
});

it("tells of runs that begin, and of those that are removed", async () => {
  const run = follow(await studio.open("/api/events"));
  await run.until((event) => event === "listed");
  await folder.write("runs/second/config.json", '{"model":"vgg11"}');
  await run.until((event, data) => event === "run" && (data as RunEvents["run"]).config.model === "vgg11");
  await folder.write("runs/second/model.safetensors", "model");
  await run.until((event, data) => event === "run" && (data as RunEvents["run"]).hasModel);
  await rm(folder.at("runs/first"), { recursive: true });
  await run.until((event) => event === "gone");
  expect(run.names()).toEqual(["second"]);
});

it("tells of one run only where one is asked for", async () => {
  await folder.write("runs/second/config.json", "{}");
  const run = follow(await studio.open("/api/runs/second/events"));
  await run.until((event) => event === "listed");
  expect(run.names()).toEqual(["second"]);
});

const IDLE = 1000;

it(`a thousand idle streams are served beside others, and end with the server`, async () => {
  const answers = await Promise.all(Array.from({ length: IDLE }, () => studio.open("/api/events")));
  const ended = Promise.all(
    answers
      .slice(1)
      .map((answer) => new Promise((resolve) => answer.on("close", resolve).on("error", resolve).resume())),
  );
  expect((await studio.ask("/api/runs")).status).toBe(200);
  const run = follow(answers[0]);
  await run.until((event) => event === "listed");
  await appendFile(folder.at("runs/first/metrics.jsonl"), `${epochLine(3)}\n`);
  await run.until(isLines);
  expect(run.epochs("first")).toEqual([1, 2, 3]);
  await studio.close();
  answers[0].destroy();
  expect(await ended).toHaveLength(IDLE - 1);
});
