import { afterEach, describe, expect, it, vi } from "vitest";
import { openAsyncEngine } from "../../tests/support/async-engine.ts";
import { candidates } from "../../tests/support/engines.ts";
import { array, CapabilityError, FoveaError, OptionError, StateError, zeros } from "../array/index.ts";
import { constant, f32, scalarVariable, Variable } from "../graph/index.ts";
import { add, mul, softmax, sum, tanh } from "../ops/index.ts";
import { findX64Support } from "./cpu/x64/index.ts";
import {
  compile,
  createInterpreter,
  createWasmEngine,
  createX64Engine,
  engineNames,
  evaluate,
  interpret,
  selectEngine,
} from "./index.ts";

const support = findX64Support();
/** Whether there is machine code here, and with which instructions. */
const hasX64 = candidates.some((candidate) => candidate.name.startsWith("x64") && "engine" in candidate);
const lacking = candidates.flatMap((candidate) => ("reason" in candidate ? [candidate.name.replace("x64 ", "")] : []));

describe("an engine", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is chosen by its name", () => {
    const usable = engineNames.slice(1).filter((name) => name !== "x64" || hasX64);
    for (const name of usable) expect(selectEngine(name).name).toBe(name);
  });

  it("is the best there is, and that is tested on this system", () => {
    const isTested = support.found && support.host.reservation === undefined;
    expect(selectEngine().name).toBe(isTested ? "x64" : "wasm");
    expect(selectEngine("auto").name).toBe(selectEngine().name);
  });

  it.each([0, -1, 1.5, Number.NaN, 257, 4097])("has 1 to 256 threads, not %d", (threads) => {
    const wrong = new OptionError(`threads must be an integer from 1 to 256, got ${threads}`);
    for (const name of hasX64 ? ["wasm", "x64", "auto"] : ["wasm"])
      expect(() => selectEngine(name, { threads })).toThrow(wrong);
    expect(() => createWasmEngine({ threads })).toThrow(wrong);
  });

  it("has no option of another name", () => {
    const misspelled: object = { thread: 1 };
    const message = "there is no option 'thread'; did you mean threads?";
    for (const name of ["auto", "wasm", "interpreter"])
      expect(() => selectEngine(name, misspelled)).toThrow(new OptionError(`selectEngine: ${message}`));
    expect(() => createWasmEngine(misspelled)).toThrow(new OptionError(`createWasmEngine: ${message}`));
    expect(() => createX64Engine(misspelled)).toThrow(new OptionError(`createX64Engine: ${message}`));
  });

  it("is another one where FOVEA_X64 says so", () => {
    vi.stubEnv("FOVEA_X64", "off");
    expect(selectEngine().name).toBe("wasm");
    expect(() => selectEngine("x64")).toThrow(
      new CapabilityError("the engine x64 cannot be used: FOVEA_X64 is off; the engine wasm runs everywhere"),
    );
    vi.stubEnv("FOVEA_X64", "sse");
    const wrong = new OptionError("FOVEA_X64 must be one of avx512, avx2, off, got 'sse'");
    for (const name of ["auto", "x64"]) expect(() => selectEngine(name)).toThrow(wrong);
    expect(selectEngine("wasm").name).toBe("wasm");
  });

  it.runIf(hasX64)("has the instructions that FOVEA_X64 demands", () => {
    vi.stubEnv("FOVEA_X64", "avx2");
    expect([selectEngine().arithmetic, selectEngine("x64").arithmetic]).toEqual(["x64 avx2", "x64 avx2"]);
  });

  it.runIf(lacking.length > 0)("fails where FOVEA_X64 demands what is not there", () => {
    vi.stubEnv("FOVEA_X64", lacking[0]);
    for (const name of ["auto", "x64"]) expect(() => selectEngine(name)).toThrow(CapabilityError);
  });

  it("must exist", () => {
    expect(() => selectEngine("interpretr")).toThrow(
      new OptionError("there is no engine 'interpretr'; did you mean interpreter?"),
    );
    expect(() => selectEngine("toString")).toThrow(OptionError);
  });

  it("is the one that was asked for", async () => {
    const seen: string[] = [];
    const engine = createInterpreter({ watch: (node) => void seen.push(node.kind) });
    expect((await evaluate(() => add(constant(array(1)), 2), { engine })).item()).toBe(3);
    expect(seen).toEqual(["constant", "fill", "op"]);
  });
});

const fail = (): never => {
  throw new CapabilityError("no kernel");
};

describe("a compiled function", () => {
  it("is traced once, however often it runs", async () => {
    let traced = 0;
    const double = compile(
      (x) => {
        traced++;
        return mul(x, 2);
      },
      [f32(2)],
    );
    expect((await double(array([1, 2]))).toNested()).toEqual([2, 4]);
    expect((await double(array([3, 4]))).toNested()).toEqual([6, 8]);
    expect(traced).toBe(1);
  });

  it("is ready at once on engines for processors, whose errors are thrown at once", async () => {
    await expect(compile((x) => softmax(x), [f32(3)], { engine: "wasm" }).ready).resolves.toBeUndefined();
    const lacking = { ...createInterpreter(), compile: fail };
    expect(() => compile((x) => softmax(x), [f32(3)], { engine: lacking })).toThrow(CapabilityError);
  });

  it("is ready later on engines that have to wait for a device", async () => {
    const engine = await openAsyncEngine();
    const double = compile((x) => mul(x, 2), [f32(2)], { engine });
    expect(engine.counts.compile).toBe(0);
    await expect(double.ready).resolves.toBeUndefined();
    expect(engine.counts.compile).toBe(1);
    expect((await double(array([1, 2]))).toNested()).toEqual([2, 4]);
  });

  it("is called before it is ready, in any number of calls", async () => {
    const count = scalarVariable("count", 0);
    const step = compile(
      (x) => {
        count.assign(add(count.read(), x));
        return count.read();
      },
      [f32()],
      { engine: openAsyncEngine() },
    );
    const results = await Promise.all([1, 2, 3].map((x) => step(array(x))));
    expect(results.map((result) => result.item())).toEqual([1, 3, 6]);
  });

  it("reports tracing that fails at once, and compiling that fails to those who wait", async () => {
    const engine = await openAsyncEngine({ lacking: "tanh" });
    expect(() => compile((x) => add(x, zeros([2]) as never), [f32(3)], { engine })).toThrow(FoveaError);
    const run = compile((x) => tanh(x), [f32(2)], { engine });
    const message = new CapabilityError("the engine async has no kernel for tanh");
    // Wait past the failure: it must not surface as an unhandled rejection.
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    await expect(run.ready).rejects.toThrow(message);
    for (let i = 0; i < 2; i++) await expect(run(array([1, 2]))).rejects.toThrow(message);
  });

  it("reports a device that is lost to those who wait for a run or a value", async () => {
    for (const lost of ["upload", "run"] as const) {
      const count = scalarVariable("count", 1);
      const step = compile(() => count.assign(mul(count.read(), 2)), [], { engine: openAsyncEngine({ lost }) });
      await expect(step()).rejects.toThrow(new CapabilityError(`the device was lost during ${lost}`));
    }
    const count = scalarVariable("count", 1);
    const engine = openAsyncEngine({ lost: "download" });
    await compile(() => count.assign(mul(count.read(), 2)), [], { engine })();
    await expect(count.fetch()).rejects.toThrow("the device was lost during download");
  });

  it.each(["wasm", "interpreter"] as const)("shares variables between a device and the engine %s", async (engine) => {
    const weight = new Variable("weight", array([1, 2]));
    const double = () => weight.assign(mul(weight.read(), 2));
    const there = compile(double, [], { engine: openAsyncEngine() });
    const here = compile(double, [], { engine });
    for (const step of [there, here, here, there, there, here]) await step();
    expect((await weight.fetch()).toNested()).toEqual([64, 128]);
    await there();
    await expect(async () => interpret(here.graph, [])).rejects.toThrow(StateError);
  });

  it("leaves values on the device between its runs", async () => {
    const engine = await openAsyncEngine();
    const weight = new Variable("weight", array([1, 2]));
    const double = compile(() => weight.assign(mul(weight.read(), 2)), [], { engine });
    const total = compile(() => sum(weight.read()), [], { engine });
    for (let i = 0; i < 3; i++) await double();
    expect((await total()).item()).toBe(24);
    expect(engine.counts).toMatchObject({ upload: 1, run: 4, download: 0 });
  });

  it("shows its graph", () => {
    expect(compile((x) => softmax(x), [f32(3)]).graph.nodes).toHaveLength(2);
  });
});
