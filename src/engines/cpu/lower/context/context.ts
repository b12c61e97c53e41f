/** What lowering collects: kernels in order, and where each tensor's elements are. */
import { CapabilityError, type Shape, sameShape, sizeOf } from "../../../../array/index.ts";
import { type FillNode, isOpNode, type Tensor } from "../../../../graph/index.ts";
import {
  at,
  type Buffer,
  constant,
  type Kernel,
  KernelBuilder,
  type Lane,
  MOST_ELEMENTS,
  type Repeated,
} from "../../loops/index.ts";
import { Homes, type Part } from "./homes.ts";
import { copyInto } from "./map.ts";
import { clear } from "./nest.ts";
import { type Deed, type Ends, type Repeatable, repeatable, standIns, stepOver, viewOver } from "./repetition.ts";
import type { Target, TileShape } from "./target.ts";
import type { Tuning } from "./tuning.ts";
import {
  batchInnermost,
  channelsInnermost,
  contiguous,
  createBuffer,
  isBatchInnermost,
  isContiguous,
  laneOfType,
  liesInOrder,
  orderOf,
  partOf,
  stridesInOrder,
  type View,
} from "./views.ts";

/** A kernel with the buffers that it reads and writes. */
export interface Step extends Repeated {
  readonly kernel: Kernel;
  readonly reads: readonly Buffer[];
  readonly writes: readonly Buffer[];
  /** Those of `reads` of which it reads every element just before it writes the one at the same place, and no other. */
  readonly aligned: readonly Buffer[];
}

/** What the tensors of a graph are for. */
export interface Uses {
  /** What ops read. */
  readonly read: ReadonlySet<Tensor>;
  /** What leaves the program, or becomes the value of a variable. */
  readonly results: ReadonlySet<Tensor>;
  /** Those that should be written into larger ones. */
  readonly parts: ReadonlyMap<Tensor, Part>;
}

export interface LoweringOptions extends Target {
  /** Whether samples lie innermost in maps. Default: where it costs less, see `layout.ts`; for tests. */
  readonly samplesInnermost?: boolean;
  /** Whether 3×3 convolutions may use Winograd's algorithm: faster, less exact, see `winograd.ts`. Default true. */
  readonly winograd?: boolean;
}

export class LoweringContext implements Target {
  readonly lanes: number;
  readonly tiles: readonly TileShape[];
  readonly tuning: Tuning;
  readonly winograd: boolean;
  readonly #innermost: ReadonlySet<number>;
  readonly #uses: Uses;
  readonly homes: Homes;
  readonly steps: Step[] = [];
  readonly #views = new Map<Tensor, View>();
  readonly #copies = new Map<string, View>();
  #buffers = 0;
  #kernels = 0;
  /** What is not the same in every run; undefined in a program without inputs, which does everything anew. */
  readonly #varying: Set<Buffer> | undefined;
  /** What has been done by `once`, by key, and what is being done. */
  readonly #known = new Map<string, Repeatable[]>();
  #deeds: Deed[] | undefined;
  /** What the node that is being lowered reads. */
  #reads: readonly Buffer[] = [];

  /**
   * @param innermost the batch sizes for which samples lie innermost
   * @param uses what the graph's tensors are for
   * @param hasInputs whether something differs from run to run
   */
  constructor(
    { lanes, tiles, tuning, winograd = true }: LoweringOptions,
    innermost: ReadonlySet<number>,
    uses: Uses,
    hasInputs = true,
  ) {
    this.lanes = lanes;
    this.tiles = tiles;
    this.tuning = tuning;
    this.winograd = winograd;
    this.#innermost = innermost;
    this.#uses = uses;
    this.homes = new Homes(uses.parts, (whole) => this.#mapsOf(whole));
    this.#varying = hasInputs ? new Set() : undefined;
  }

  emit(
    name: string,
    reads: readonly Buffer[],
    writes: readonly Buffer[],
    build: (b: KernelBuilder) => void,
    aligned: readonly Buffer[] = [],
  ): void {
    const b = new KernelBuilder(this.lanes);
    build(b);
    const step = { kernel: b.finish(this.#numbered(name)), reads, writes, aligned };
    this.#deeds?.push({ kind: "step", name, step });
    this.#add(step);
  }

  #add(step: Step): void {
    this.steps.push(step);
    if (!step.reads.every((buffer) => this.isInvariant(buffer))) for (const buffer of step.writes) this.vary(buffer);
  }

  /** Says that a buffer holds something else in every run. */
  vary(buffer: Buffer): void {
    this.#varying?.add(buffer);
  }

  /** Whether a buffer holds the same in every run: then what is made of it is made once, see `memory/invariant.ts`. */
  isInvariant(buffer: Buffer): boolean {
    return this.#varying !== undefined && !this.#varying.has(buffer);
  }

  #numbered(name: string): string {
    return `${this.#kernels++} ${name}`;
  }

  /**
   * Does what `lower` does; the same as before, over other buffers, where it has done so for the same key.
   * @param key what `lower` depends on besides the buffers and copies, as text
   * @param ends the buffers that it is given, and the tensors that it makes
   */
  repeating(key: string, ends: Ends, lower: () => void): void {
    const known = this.#known.get(key) ?? [];
    if (known.some((earlier) => this.#repeat(earlier, ends))) return;
    const deeds: Deed[] = [];
    this.#deeds = deeds;
    this.#reads = ends.reads;
    try {
      lower();
    } finally {
      this.#deeds = undefined;
      this.#reads = [];
    }
    const found = repeatable(ends, deeds);
    if (found !== undefined) this.#known.set(key, [...known, found]);
  }

  /** @returns whether it could be done */
  #repeat(earlier: Repeatable, { given, outputs }: Ends): boolean {
    const over = standIns(earlier, given, (what, view) => this.#copies.get(copyKey(what, view)));
    if (over === undefined) return false;
    for (const deed of earlier.deeds) {
      if (deed.kind === "buffer") over.set(deed.buffer, { ...deed.buffer, name: this.#named(deed.name) });
      else if (deed.kind === "step") this.#add(stepOver(over, deed.step, this.#numbered(deed.name)));
      else if (deed.kind === "bind")
        this.bind(outputs[earlier.outputs.indexOf(deed.tensor)], viewOver(over, deed.view));
      else if (!deed.isKnown) this.#copies.set(copyKey(deed.what, viewOver(over, deed.of)), viewOver(over, deed.copy));
    }
    return true;
  }

  /** @throws CapabilityError for more elements than kernels can count */
  buffer(name: string, shape: Shape, lane: Lane): Buffer {
    const elements = sizeOf(shape);
    if (elements > MOST_ELEMENTS)
      throw new CapabilityError(
        `${name}: needs ${elements} elements in one piece, and kernels count ${MOST_ELEMENTS}; use a smaller batch`,
      );
    const buffer = createBuffer(this.#named(name), shape, lane);
    this.#deeds?.push({ kind: "buffer", name, buffer });
    return buffer;
  }

  #named(name: string): string {
    return `${name}#${this.#buffers++}`;
  }

  bind(tensor: Tensor, view: View): View {
    this.#deeds?.push({ kind: "bind", tensor, view });
    this.#views.set(tensor, view);
    return view;
  }

  /**
   * Room for a tensor, with its axes in the given order, default row-major: a new buffer, or its place in a larger tensor
   * that has this order.
   */
  output(tensor: Tensor, order?: readonly number[]): View {
    return this.bind(tensor, this.#homeIn(tensor, order) ?? this.#bufferFor(tensor, order));
  }

  #bufferFor(tensor: Tensor, order?: readonly number[]): View {
    const { shape, dtype, node } = tensor;
    const name = node.kind === "op" ? node.op.name : node.kind;
    const view = contiguous(this.buffer(name, shape, laneOfType(dtype)), shape);
    return order === undefined ? view : { ...view, strides: stridesInOrder(shape, order) };
  }

  #mapsOf(tensor: Tensor): View {
    return this.#bufferFor(tensor, this.mapOrder(tensor.shape));
  }

  /** A tensor's place in a larger one, if that has its axes in the given order. Kernels do not read where they write. */
  #homeIn(tensor: Tensor, order?: readonly number[]): View | undefined {
    const { node } = tensor;
    const home = this.homes.of(tensor);
    if (home === undefined || order === undefined || !isOpNode(node)) return undefined;
    const isInOrder = sameShape(
      stridesInOrder(tensor.shape, order),
      stridesInOrder(tensor.shape, this.mapOrder(tensor.shape)),
    );
    return isInOrder && !this.#reads.includes(home.buffer) ? home : undefined;
  }

  /** A new buffer for a tensor that leaves the program, in an order of its own, or for one that ops read. */
  result(tensor: Tensor, order?: readonly number[], leaving = order): View {
    return this.output(tensor, this.isRead(tensor) ? order : leaving);
  }

  /** Whether ops of the graph read the tensor. */
  isRead(tensor: Tensor): boolean {
    return this.#uses.read.has(tensor);
  }

  /** Whether the tensor leaves the program, or becomes the value of a variable. */
  isResult(tensor: Tensor): boolean {
    return this.#uses.results.has(tensor);
  }

  /** Whether ops of the graph read the tensor, or it is a result. */
  isNeeded(tensor: Tensor): boolean {
    return this.isRead(tensor) || this.isResult(tensor);
  }

  /** Whether samples of batches of this size lie innermost. */
  hasSamplesInnermost(samples: number): boolean {
    return this.#innermost.has(samples);
  }

  /** The order of axes for a batch of maps: samples innermost when that costs less, else channels. */
  mapOrder(shape: Shape): readonly number[] {
    return this.#innermost.has(shape[0]) ? batchInnermost(shape) : channelsInnermost(shape);
  }

  /** Where a tensor is. Constants that are one number everywhere get a buffer of one element. */
  view(tensor: Tensor): View {
    const known = this.#views.get(tensor);
    if (known !== undefined) return known;
    const { value } = tensor.node as FillNode;
    const buffer = this.buffer("fill", [1], laneOfType(tensor.dtype));
    this.emit("fill", [], [buffer], (b) =>
      b.store(buffer, at(0), constant(value, { lane: buffer.lane === "f32" ? "f32" : "i32", lanes: 1 })),
    );
    return this.bind(tensor, { buffer, shape: tensor.shape, strides: tensor.shape.map(() => 0), offset: 0 });
  }

  /** Where a tensor is, in row-major order: copied when it is not. */
  dense(tensor: Tensor): View {
    const view = this.view(tensor);
    return isContiguous(view) ? view : this.copy(view);
  }

  /** Where a tensor is, with samples innermost if they are in `like`: copied when they are not. */
  inOrderOf(tensor: Tensor, like: View): View {
    const view = this.view(tensor);
    if (isBatchInnermost(like) === isBatchInnermost(view) || !isBatchInnermost(like)) return view;
    return this.#copyInOrder("copy", view, orderOf(like));
  }

  /** A copy of a tensor with its axes in the given order; itself when they lie so. */
  reordered(tensor: Tensor, order: readonly number[]): View {
    const view = this.view(tensor);
    return liesInOrder(view, order) ? view : this.#copyInOrder("reordered", view, order);
  }

  copy(view: View): View {
    const target = contiguous(this.buffer("copy", view.shape, view.buffer.lane), view.shape);
    copyInto(this, view, target);
    return target;
  }

  /** A copy of `view` [outer…, spatial…] with zeros before and after the last axes; itself where there are none. */
  padded(view: View, before: readonly number[], after: readonly number[]): View {
    if ([...before, ...after].every((n) => n === 0)) return view;
    const lead = view.shape.length - before.length;
    const shape = view.shape.map((n, i) => (i < lead ? n : before[i - lead] + n + after[i - lead]));
    return this.once(`padded ${before} ${after}`, view, () => {
      const buffer = this.buffer("padded", shape, view.buffer.lane);
      const target: View = { buffer, shape, strides: stridesInOrder(shape, orderOf(view)), offset: 0 };
      this.emit("clear", [], [buffer], (b) => clear(b, buffer, 0));
      const middle = before.reduce((part, n, i) => partOf(part, lead + i, n, view.shape[lead + i]), target);
      copyInto(this, view, middle);
      return target;
    });
  }

  #copyInOrder(name: string, view: View, order: readonly number[]): View {
    return this.once(`in order ${order}`, view, () => {
      const buffer = this.buffer(name, view.shape, view.buffer.lane);
      const target = { buffer, shape: view.shape, strides: stridesInOrder(view.shape, order), offset: 0 };
      copyInto(this, view, target);
      return target;
    });
  }

  /** A copy that is made once and used again: the forward pass and the gradients want the same. */
  once(what: string, view: View, make: () => View): View {
    const key = copyKey(what, view);
    const known = this.#copies.get(key);
    const copy = known ?? make();
    this.#deeds?.push({ kind: "copy", what, of: view, copy, isKnown: known !== undefined });
    this.#copies.set(key, copy);
    return copy;
  }
}

const copyKey = (what: string, { buffer, shape, strides, offset }: View): string =>
  `${what} of ${buffer.name} ${offset} [${shape}] [${strides}]`;
