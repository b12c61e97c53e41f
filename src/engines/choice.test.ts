import { describe, expect, it } from "vitest";
import { openAsyncEngine } from "../../tests/support/async-engine.ts";
import { array, CapabilityError, OptionError } from "../array/index.ts";
import { f32 } from "../graph/index.ts";
import { mul } from "../ops/index.ts";
import { type EngineRow, engineCatalog } from "./choice.ts";
import { compile, createInterpreter, type Engine, openEngine } from "./index.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function catalogWith(device: EngineRow) {
  const interpreter: EngineRow = { create: () => createInterpreter() };
  return engineCatalog({ device, interpreter }, () => "interpreter");
}

const { names, select, open, shared, kind } = catalogWith({ open: () => openAsyncEngine() });

describe("a table of engines", () => {
  it("lists them best first", () => {
    expect(names).toEqual(["auto", "device", "interpreter"]);
  });

  it("opens every engine, and selects those that are made at once", async () => {
    expect([select("auto").name, select("interpreter").name]).toEqual(["interpreter", "interpreter"]);
    expect([(await open("device")).name, (await open("auto")).name]).toEqual(["async", "interpreter"]);
    expect(() => select("device")).toThrow(
      new OptionError('selectEngine: the engine device has to wait for its device; write await openEngine("device")'),
    );
  });

  it("shares engines that are named, opened or being opened", async () => {
    expect(shared("interpreter")).toBe(shared("interpreter"));
    expect(shared("device")).toBe(shared("device"));
    expect(kind.read("device")).toBe(shared("device"));
  });

  it("takes engines, promises of them and names, and nothing else", async () => {
    const engine = createInterpreter();
    const opening = openAsyncEngine();
    expect([kind.read(engine), kind.read(opening)]).toEqual([engine, opening]);
    expect([kind.read({}), kind.read(1), kind.read(null)]).toEqual([undefined, undefined, undefined]);
    expect(() => kind.read("devise")).toThrow(new OptionError("there is no engine 'devise'; did you mean device?"));
    await expect(open("devise")).rejects.toThrow(OptionError);
    await opening;
  });

  it("opens an engine anew after a failure, which only those hear of who wait for it", async () => {
    let attempts = 0;
    const flaky = catalogWith({
      open: async () => {
        await turn();
        if (attempts++ === 0) throw new CapabilityError("no device");
        return openAsyncEngine();
      },
    });
    const failing = flaky.shared("device");
    await turn();
    await turn();
    await expect(failing).rejects.toThrow("no device");
    expect((await flaky.shared("device")).name).toBe("async");
  });
});

describe("openEngine", () => {
  it("opens an engine by its name", async () => {
    expect((await openEngine("wasm", { threads: 1 })).name).toBe("wasm");
    await expect(openEngine("wsm")).rejects.toThrow(new OptionError("there is no engine 'wsm'; did you mean wasm?"));
    await expect(openEngine("wasm", { thread: 1 } as object)).rejects.toThrow(
      "openEngine: there is no option 'thread'",
    );
  });
});

describe("a function that is compiled for an engine that is being opened", () => {
  const double = (engine: Promise<Engine>) => compile((x) => mul(x, 2), [f32(2)], { engine });

  it("waits for it by itself", async () => {
    expect((await double(openAsyncEngine())(array([1, 2]))).toNested()).toEqual([2, 4]);
    expect((await double(openEngine("interpreter"))(array([1, 2]))).toNested()).toEqual([2, 4]);
  });

  it("fails with the error of opening it", async () => {
    const run = double(Promise.reject(new CapabilityError("no device")));
    await turn();
    await expect(run(array([1, 2]))).rejects.toThrow(new CapabilityError("no device"));
    await expect(run.ready).rejects.toThrow("no device");
  });

  it("fails where the promise is one of something else", async () => {
    const message = 'engine: expects a promise of an engine, such as openEngine("wasm"), got one of "wasm"';
    await expect(double(Promise.resolve("wasm") as never).ready).rejects.toThrow(new OptionError(message));
  });
});
