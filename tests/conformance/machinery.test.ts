/** The machinery of the conformance run itself: it finds whatever cases there are, skips by name, and can fail. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { array, CapabilityError, DataError, type NdArray } from "../../src/array/index.ts";
import { createInterpreter } from "../../src/engines/index.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { type Case, conformanceFolder, listFamilies } from "./cases.ts";
import { checkCase, type Prepared, prepare, refusing } from "./operation.ts";
import { operations } from "./operations.ts";

const root = mkdtempSync(join(tmpdir(), "fovea-conformance-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with one family of relu cases, each with the given tensors. */
function write(name: string, tensors: Readonly<Record<string, NdArray>>, cases: readonly Case[]): void {
  mkdirSync(join(root, "torch"), { recursive: true });
  writeFileSync(join(root, "torch", `${name}.json`), JSON.stringify(cases));
  writeFileSync(join(root, "torch", `${name}.safetensors`), writeSafetensors(Object.entries(tensors)));
}

const relu = (...tensors: string[]): Case => ({ case: 0, op: "relu", attrs: { note: "a remark" }, tensors });
const setting = { engine: createInterpreter(), tolerance: 1e-6 };

async function run(name: string): Promise<void> {
  const [family] = listFamilies(conformanceFolder(root)!).filter((family) => family.name === name);
  const [chosen] = family.cases;
  await checkCase(prepare(chosen, operations) as Prepared, family.load()(chosen), setting);
}

describe("the conformance run", () => {
  const x = array([-1, 0, 2]);
  const good = { "0/x": x, "0/output0": array([0, 0, 2]), "0/grad_output0": x, "0/grad_x": array([0, 0, 2]) };
  const all = relu("x", "output0", "grad_output0", "grad_x");

  it("agrees with right values and not with wrong ones", async () => {
    write("right", good, [all]);
    await run("right");
    write("value", { ...good, "0/output0": array([0, 0, 2.00001]) }, [all]);
    await expect(run("value")).rejects.toThrow(/^output0: element 2 is 2, expected 2.0000/);
    write("gradient", { ...good, "0/grad_x": array([0, 1, 2]) }, [all]);
    await expect(run("gradient")).rejects.toThrow("grad_x: element 1 is 0, expected 1");
    write("shape", { ...good, "0/output0": array([[0, 0, 2]]) }, [all]);
    await expect(run("shape")).rejects.toThrow("output0: is f32[3], expected f32[1,3]");
  });

  it("does not pass over a tensor that is not computed", async () => {
    write("lonely", { "0/x": x, "0/grad_x": x }, [relu("x", "grad_x")]);
    await expect(run("lonely")).rejects.toThrow("grad_x was not computed");
  });

  it("names a tensor that is listed and not there", async () => {
    write("hole", { "0/x": x }, [relu("x", "output0")]);
    await expect(run("hole")).rejects.toThrow("case 0 lists a tensor 'output0' it lacks");
  });

  it.each([
    [{ op: "warp", attrs: {} }, "no op warp yet"],
    [{ op: "constructor", attrs: {} }, "no op constructor yet"],
    [{ op: "relu", attrs: { threshold: 1 } }, "no attribute threshold of relu yet"],
    [{ op: "mse_loss", attrs: { reduction: "batchmean" } }, 'no reduction = "batchmean" of mse_loss yet'],
    [{ op: "adam", attrs: { lr: 0.1, betas: 0.9 } }, "no betas = 0.9 of adam yet"],
    [{ op: "softmax", attrs: {} }, "no dim = undefined of softmax yet"],
    [{ op: "relu", attrs: {}, tensors: ["x", "hint"] }, "no tensor hint of relu yet"],
  ])("skips %j by name", (given, skip) => {
    expect(prepare({ case: 0, tensors: [], ...given }, operations)).toEqual({ skip });
  });

  it("says which op an engine lacks", async () => {
    const engine = refusing({ ...setting.engine, name: "stub", lacks: ({ name }) => `cannot ${name}` });
    const tensors = new Map([["x", x]]);
    const plan = prepare(relu("x"), operations) as Prepared;
    await expect(checkCase(plan, tensors, { ...setting, engine })).rejects.toThrow(
      new CapabilityError("engine stub: cannot relu"),
    );
  });

  it("refuses a folder without cases when it is named", () => {
    expect(() => conformanceFolder(join(root, "nowhere"))).toThrow(DataError);
  });
});
