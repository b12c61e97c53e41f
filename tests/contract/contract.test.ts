/** The contract suite: every op of the registry, on every engine, from its record alone. */
import { describe, expect, it } from "vitest";
import { knownLacks } from "../../src/engines/cpu/index.ts";
import type { Engine } from "../../src/engines/index.ts";
import { applyOp, defineOp, none, type Op, pointwise, sampleAttributes, trace } from "../../src/graph/index.ts";
import { allOps } from "../../src/ops/registry.ts";
import { checkDerivatives, checkEngine, checkRecord } from "../../src/testing/index.ts";
import { candidates, usable } from "../support/engines.ts";
import { definedOps, wantsExport, wantsKernel, wantsSamples } from "./missing-rows.ts";

const ops = [...allOps.values()];

/** The interpreter is what they are compared with. */
const compared = candidates.filter(({ name }) => name !== "interpreter");

describe.each(compared)("engine $name", (candidate) => {
  if ("reason" in candidate) {
    it.skip(`is not here: ${candidate.reason}`, () => {});
    return;
  }
  const { engine } = candidate;
  describe.each(ops)("$name", (op) => {
    const reason = knownLacks.get(op);
    const lacks = reason !== undefined && engine.lacks(op) !== undefined;
    it.skipIf(lacks)(`agrees on ${op.samples.length} samples${lacks ? ` (skipped: ${reason})` : ""}`, async () => {
      for (const sample of op.samples) await checkEngine(op, sample, engine);
    });
  });
});

describe.each(ops)("$name", (op) => {
  it("has the derivatives that differences show", () => {
    for (const sample of op.samples) checkDerivatives(op, sample);
  });
  it("looks no further than its record says, and has its algebra", () => checkRecord(op));
});

/** What is missing so that an engine computes every op, or says why not. */
const missingKernels = (engine: Engine, all: readonly Op[]): string[] =>
  all.filter((op) => engine.lacks(op) !== undefined && !knownLacks.has(op)).map(({ name }) => wantsKernel(name));

describe("every op is computed by every engine, or its reason is stated", () => {
  it.each(usable)("$name", ({ engine }) => expect(missingKernels(engine, ops)).toEqual([]));

  it("and a stated reason is not out of date", () => {
    const compiled = usable.filter(({ name }) => name !== "interpreter");
    const stale = [...knownLacks.keys()].filter((op) => compiled.every(({ engine }) => engine.lacks(op) === undefined));
    expect(stale.map(({ name }) => name)).toEqual([]);
  });

  it("and one that is not is told which file wants the row", () => {
    const lonely = defineOp({
      ...{ name: "lonely", inputs: ["x"], attributes: {}, sees: pointwise, samples: [] },
      shape: (_, x) => x,
      gradient: none("it is for a test"),
      reference: () => {},
    });
    const [wasm] = usable.filter(({ name }) => name === "wasm");
    expect(missingKernels(wasm.engine, [lonely.op])).toEqual([
      expect.stringMatching(/^the op 'lonely' has no kernel; .*elementwise\.ts, .*lower\.ts, `expand`.*lacks\.ts$/),
    ]);
  });
});

it("only ops that mix everything say that they see everything", () => {
  const lookEverywhere = (op: Op): boolean =>
    op.samples.every((sample) => {
      let isEverywhere = true;
      trace(
        (...inputs) => {
          const { attributes, outputs } = applyOp(op, inputs, sampleAttributes(sample, inputs));
          isEverywhere = op
            .sees(attributes as never, inputs, outputs)
            .flat()
            .every((look) => look === "all");
          return [];
        },
        sample.inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype })),
      );
      return isEverywhere;
    });
  const found = ops.filter(({ samples }) => samples.length > 0).filter(lookEverywhere);
  expect(found.map(({ name }) => name).sort()).toEqual(["loop", "recurrence", "recurrenceGradient", "uniform"]);
});

it("covers every op that a file of src/ops defines", () => {
  const defined = definedOps();
  expect(defined.length).toBeGreaterThan(15);
  expect(defined.filter(({ name }) => !allOps.has(name)).map(wantsExport)).toEqual([]);
});

it("gives every differentiable op samples to be differentiated at", () => {
  const without = ops.filter(({ samples, gradient }) => samples.length === 0 && typeof gradient === "function");
  // Its derivative is not the true one, which is what the op is for.
  const exempt = ["stopGradient"];
  expect(without.filter(({ name }) => !exempt.includes(name)).map(({ name }) => wantsSamples(name))).toEqual([]);
});
