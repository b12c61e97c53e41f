/** Whole programs of the benchmark, made small: they contain what their jobs say, and learn. */
import { describe, expect, it } from "vitest";
import { selectEngine } from "../engines/index.ts";
import { trace } from "../graph/index.ts";
import type { ResidualJob } from "./jobs.ts";
import { lstmStep, programFor, residualBody, residualChainStep } from "./programs.ts";
import { languageStep, sentenceStep, writingStep } from "./text-programs.ts";

const engine = selectEngine("wasm", { threads: 1 });

describe("a recurrent training step", () => {
  it("brings the loss down", async () => {
    const step = lstmStep({ kind: "recurrent", batch: 2, steps: 3, channels: 4, units: 5 }, engine);
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) losses.push((await step()).loss.data[0]);
    expect(losses[2]).toBeLessThan(losses[1]);
    expect(losses[1]).toBeLessThan(losses[0]);
  });
});

describe("text", () => {
  const sizes = { vocabulary: 7, units: 5, layers: 2 };
  it.each([
    ["a language model", languageStep({ kind: "language", ...sizes, batch: 2, steps: 3 }, engine)],
    [
      "a network over sentences",
      sentenceStep(
        { kind: "sentences", batch: 3, words: 6, vocabulary: 9, features: 4, windows: [2, 3], filters: 2 },
        engine,
      ),
    ],
  ])("has training steps that bring the loss down: %s", async (_, step) => {
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) losses.push((await step()).loss.item());
    expect(losses[9]).toBeLessThan(losses[0]);
  });

  it("is written token by token, with states that are carried on", async () => {
    const write = writingStep({ kind: "writing", ...sizes }, engine);
    const [first, second] = [await write(), await write()].map(({ shares }) => [...shares.data]);
    expect(first.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(second).not.toEqual(first);
  });
});

it("compiles a chain of residual blocks", async () => {
  expect(await residualChainStep(3, 2, engine)).toBeGreaterThan(0);
});

describe("a residual block", () => {
  const jobWith = (parts: Pick<ResidualJob, "norm" | "activation" | "add">): ResidualJob => ({
    kind: "residual",
    input: [2, 3, 4, 4],
    ...parts,
  });
  const bare = { norm: false, activation: false, add: false };

  /** What is kept: the output, the gradients of input and filters; with normalization also four gradients and six statistics. */
  it.each([
    [bare, 4, []],
    [{ ...bare, norm: true }, 14, ["standardize"]],
    [{ ...bare, activation: true }, 4, ["relu"]],
    [{ ...bare, add: true }, 4, ["add"]],
    [{ norm: true, activation: true, add: true }, 14, ["standardize", "relu", "add"]],
  ])("with %j has these parts, and keeps all gradients", async (parts, kept, ops) => {
    const job = jobWith(parts);
    const { graph } = trace(residualBody(job), []);
    expect(graph.assignments).toHaveLength(kept);
    const names = new Set(graph.nodes.flatMap((node) => (node.kind === "op" ? [node.op.name] : [])));
    expect([...names]).toEqual(expect.arrayContaining(["conv", ...ops]));
    expect([names.has("standardize"), names.has("relu")]).toEqual([parts.norm, parts.activation]);
    await programFor(job, engine)();
  });
});
