/**
 * An engine that has to wait for everything, as one on a graphics card has: for its device, for compiling, for runs and for
 * values. It computes what the interpreter does. Variables live in the memory of a device, which only promises reach.
 */
import { CapabilityError, type NdArray, zeros } from "../../src/array/index.ts";
import { type Engine, interpret, type Program } from "../../src/engines/index.ts";
import {
  createGraph,
  createNode,
  type Graph,
  inputsOf,
  type Op,
  type Tensor,
  Variable,
  withInputs,
} from "../../src/graph/index.ts";

/** Turns of the event loop that a command takes. */
const TURNS = 3;

async function turns(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await new Promise((resolve) => setImmediate(resolve));
}

type Command = "compile" | "upload" | "run" | "download";

export interface AsyncEngineOptions {
  /** The name of an op that cannot be compiled. */
  readonly lacking?: string;
  /** The kind of command at which the device is lost. */
  readonly lost?: Command;
}

/** Executes commands one after the other, in the order in which they were given. */
class Device {
  /** How many commands were executed, by kind. */
  readonly counts: Record<Command, number> = { compile: 0, upload: 0, run: 0, download: 0 };
  readonly #lost: Command | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(lost?: Command) {
    this.#lost = lost;
  }

  submit<T>(command: Command, execute: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      await turns();
      this.counts[command]++;
      if (command === this.#lost) throw new CapabilityError(`the device was lost during ${command}`);
      return execute();
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

/** The memory of a device: its own copies of variables, each with the version of the host's variable that it has. */
class DeviceMemory {
  readonly #device: Device;
  readonly #copies = new Map<Variable, { readonly copy: Variable; version?: number }>();

  constructor(device: Device) {
    this.#device = device;
  }

  #entry(variable: Variable) {
    const { name, shape, dtype } = variable;
    const entry = this.#copies.get(variable) ?? { copy: new Variable(name, zeros(shape, dtype)) };
    this.#copies.set(variable, entry);
    return entry;
  }

  copyOf(variable: Variable): Variable {
    return this.#entry(variable).copy;
  }

  async upload(variable: Variable): Promise<void> {
    const entry = this.#entry(variable);
    if (entry.version === variable.version) return;
    const value = variable.peek();
    const taken = value instanceof Promise ? value : value.copy();
    entry.version = variable.version;
    await this.#device.submit("upload", async () => {
      entry.copy.value = (await taken).copy();
    });
  }

  /** The variable has got its next value in this memory. */
  assigned(variable: Variable): void {
    const entry = this.#entry(variable);
    variable.defer(() => this.#device.submit("download", () => entry.copy.value.copy()));
    entry.version = variable.version;
  }
}

class AsyncProgram implements Program {
  readonly #device: Device;
  readonly #memory: DeviceMemory;
  readonly #graph: Graph;
  /** The graph over the device's copies of the variables. */
  readonly #moved: Graph;

  constructor(graph: Graph, device: Device, memory: DeviceMemory) {
    this.#graph = graph;
    this.#device = device;
    this.#memory = memory;
    this.#moved = withVariables(graph, (variable) => memory.copyOf(variable));
  }

  run(inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
    const read = this.#graph.nodes.flatMap((node) => (node.kind === "variable" ? [node.variable] : []));
    const uploads = Promise.all(read.map((variable) => this.#memory.upload(variable)));
    // Reported by the run.
    uploads.catch(() => {});
    const outputs = this.#device.submit("run", async () => {
      await uploads;
      return interpret(this.#moved, inputs);
    });
    for (const { variable } of this.#graph.assignments) this.#memory.assigned(variable);
    return outputs;
  }
}

/** The engine, and how many commands of each kind its device has executed. */
export interface AsyncEngine extends Engine {
  readonly counts: Device["counts"];
}

/** Opens the engine: it is there some turns of the event loop later. */
export async function openAsyncEngine({ lacking, lost }: AsyncEngineOptions = {}): Promise<AsyncEngine> {
  await turns();
  const device = new Device(lost);
  const memory = new DeviceMemory(device);
  const lacks = (op: Op): string | undefined => (op.name === lacking ? "no kernel for it" : undefined);
  return {
    name: "async",
    description: "the interpreter on a device that has to be waited for",
    arithmetic: "interpreter",
    lacks,
    counts: device.counts,
    compile: (graph) =>
      device.submit("compile", () => {
        if (graph.nodes.some((node) => node.kind === "op" && lacks(node.op) !== undefined))
          throw new CapabilityError(`the engine async has no kernel for ${lacking}`);
        return new AsyncProgram(graph, device, memory);
      }),
  };
}

/** The graph over other variables. */
function withVariables(graph: Graph, to: (variable: Variable) => Variable): Graph {
  const changed = new Map<Tensor, Tensor>();
  const current = (tensor: Tensor): Tensor => changed.get(tensor) ?? tensor;
  for (const node of graph.nodes) {
    const other =
      node.kind === "variable"
        ? createNode({ kind: "variable", variable: to(node.variable) }, node.outputs)
        : withInputs(node, inputsOf(node).map(current));
    node.outputs.forEach((output, i) => {
      changed.set(output, other.outputs[i]);
    });
  }
  const assignments = graph.assignments.map(({ variable, value }) => ({
    variable: to(variable),
    value: current(value),
  }));
  return createGraph(graph.inputs, graph.outputs.map(current), assignments);
}
