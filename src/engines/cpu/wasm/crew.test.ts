import { afterAll, describe, expect, it } from "vitest";
import { WorkerCrew } from "./crew.ts";
import { Code, encodeModule } from "./encode.ts";

/** `step(thread, threads)`: adds 1 to the first cell of memory, unless the calling thread runs it. */
const code = new Code();
code.put("local.get", 0).put("if", 0x40).i32(0).i32(1);
code.memory("i32.atomic.rmw.add", 2, 0).put("drop").put("end");
const module = new WebAssembly.Module(
  encodeModule([{ name: "step", parameters: ["i32", "i32"], locals: [], code: code.bytes }], {
    pages: 1,
    shared: true,
  }),
);
const makeMemory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const task = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** How often the other threads run a program, once they have come up. */
async function runsOf(crew: WorkerCrew, program: number, memory: WebAssembly.Memory): Promise<number> {
  const cells = new Int32Array(memory.buffer);
  const end = performance.now() + 5000;
  while (crew.start(program) === 1 && performance.now() < end) await task();
  while (Atomics.load(cells, 0) < crew.size - 1 && performance.now() < end) await task();
  return Atomics.load(cells, 0);
}

describe("programs of a crew", () => {
  const workerCrews: WorkerCrew[] = [];
  afterAll(() => {
    for (const crew of workerCrews) crew.stop();
  });
  const crewAfter = (last: number): WorkerCrew => {
    const crew = new WorkerCrew(3, last);
    workerCrews.push(crew);
    return crew;
  };

  it.each([0, 65_534, 2 ** 31 - 3])("have numbers that threads understand, after %i others", async (last) => {
    const crew = crewAfter(last);
    for (let i = 0; i < 4; i++) {
      const memory = makeMemory();
      const { program, unload } = crew.load(module, memory);
      expect(await runsOf(crew, program, memory)).toBe(2);
      unload();
    }
  });

  it("do not get the number of one that is in use", async () => {
    const crew = crewAfter(-1);
    const [memory, other] = [makeMemory(), makeMemory()];
    const { program } = crew.load(module, memory);
    const next = new Set(Array.from({ length: 100 }, () => crew.load(module, other).program));
    expect(next.size).toBe(100);
    expect(next.has(program)).toBe(false);
    expect(await runsOf(crew, program, memory)).toBe(2);
    expect(new Int32Array(other.buffer)[0]).toBe(0);
  });
});
