/** The contract suite: every op of the registry, on every engine, from its record alone. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkLooks, checkSample } from "../../src/engines/check-op.ts";
import { applyOp, type Op, trace } from "../../src/graph/index.ts";
import { allOps } from "../../src/ops/registry.ts";
import { candidates } from "../support/engines.ts";

describe.each(candidates)("engine $name", (candidate) => {
  if ("reason" in candidate) {
    it.skip(`is not here: ${candidate.reason}`, () => {});
    return;
  }
  const { engine } = candidate;
  describe.each([...allOps.values()])("$name", (op) => {
    const lacks = engine.lacks(op);
    it.skipIf(lacks !== undefined)(
      `agrees on ${op.samples.length} samples${lacks ? ` (skipped: ${lacks})` : ""}`,
      async () => {
        for (const sample of op.samples) await checkSample(op, sample, engine);
      },
    );
  });
});

it.each([...allOps.values()])("$name looks no further than its record says", (op) => checkLooks(op));

it("only ops that mix everything say that they see everything", () => {
  const lookEverywhere = (op: Op): boolean =>
    op.samples.every((sample) => {
      let isEverywhere = true;
      trace(
        (...inputs) => {
          const { attributes, outputs } = applyOp(op, inputs, sample.attributes ?? {});
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
  const found = [...allOps.values()].filter(({ samples }) => samples.length > 0).filter(lookEverywhere);
  expect(found.map(({ name }) => name).sort()).toEqual(["recurrence", "recurrenceGradient", "uniform"]);
});

it("covers every op that a file of src/ops defines", () => {
  const folder = new URL("../../src/ops/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const defined = files.flatMap((file) => [
    ...readFileSync(new URL(file, folder), "utf8").matchAll(/^\s+name: "(\w+)",$/gm),
  ]);
  const names = defined.map(([, name]) => name);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !allOps.has(name))).toEqual([]);
});

it("gives every differentiable op samples to be differentiated at", () => {
  const without = [...allOps.values()].filter(
    ({ samples, gradient }) => samples.length === 0 && typeof gradient === "function",
  );
  expect(without.map(({ name }) => name)).toEqual(["stopGradient"]);
});
