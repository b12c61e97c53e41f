/**
 * What lowering a node depends on, as text: its op, the expression around it, the types and views of all that it reads, and
 * which of its sources share a buffer. Nodes with the same text are lowered in the same way, over buffers of their own.
 */
import { formatAttribute, type Node, type Op, type OpNode, type Tensor } from "../../../graph/index.ts";
import type { Buffer } from "../loops/index.ts";
import type { LoweringContext, View } from "./context/index.ts";
import { type Groups, isElementwise, isPartOf, isReduction } from "./elementwise/index.ts";

export interface Signature {
  readonly key: string;
  /** The buffers that the node reads, and those in which its results have a place, in an order that the key fixes. */
  readonly given: readonly Buffer[];
  /** Those that it reads. */
  readonly reads: readonly Buffer[];
}

/** @param numbers of ops, which are told apart by identity; grows */
export const signatureOf = (
  context: LoweringContext,
  node: OpNode,
  groups: Groups,
  numbers: Map<Op, number>,
): Signature => new Writer(context, node, groups, numbers).write();

class Writer {
  readonly #context: LoweringContext;
  readonly #ends: readonly OpNode[];
  readonly #made: readonly OpNode[];
  readonly #groups: Groups;
  readonly #product: Node | undefined;
  readonly #numbers: Map<Op, number>;
  readonly #tensors = new Map<Tensor, number>();
  readonly #nodes = new Map<Node, number>();
  readonly #given: Buffer[] = [];
  #key = "";

  constructor(context: LoweringContext, end: OpNode, groups: Groups, numbers: Map<Op, number>) {
    this.#context = context;
    const bundle = groups.bundles.get(end);
    this.#ends = bundle?.ends ?? [end];
    this.#made = bundle?.stored ?? [end];
    this.#groups = groups;
    this.#product = groups.products.get(end);
    this.#numbers = numbers;
  }

  write(): Signature {
    for (const end of this.#ends) this.#node(end);
    const reads = [...this.#given];
    for (const node of this.#made) {
      this.#key += `>${this.#nodes.get(node)}`;
      for (const output of node.outputs) this.#output(output);
    }
    return { key: this.#key, given: this.#given, reads };
  }

  #output(tensor: Tensor): void {
    this.#key += this.#context.isRead(tensor) ? " read" : this.#context.isNeeded(tensor) ? " left" : " unused";
    const home = this.#context.homes.of(tensor);
    if (home !== undefined) this.#view(home);
  }

  /** The number of an op of the expression, written after what it reads. */
  #node(node: OpNode): number {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const isExpression = isElementwise(node) || isReduction(node);
    const operands = node.inputs.map((input) => this.#tensor(input, isExpression));
    const types = node.outputs.map(({ dtype, shape }) => `${dtype}[${shape}]`);
    this.#key += `${this.#numberOf(node.op)}(${operands})${formatAttribute(Object.values(node.attributes))}:${types};`;
    const number = this.#nodes.size;
    this.#nodes.set(node, number);
    return number;
  }

  /** @param isExpression whether an expression reads it, in which numbers are constants */
  #tensor(tensor: Tensor, isExpression: boolean): string {
    const { node, dtype, shape, index } = tensor;
    if (isExpression && node.kind === "fill") return `=${formatAttribute(node.value)}:${dtype}[${shape}]`;
    const isInside = node === this.#product || isPartOf(node, this.#ends, this.#groups);
    return isInside ? `n${this.#node(node as OpNode)}.${index}` : `t${this.#source(tensor)}`;
  }

  /** The number of a tensor in memory, written with its view. */
  #source(tensor: Tensor): number {
    const known = this.#tensors.get(tensor);
    if (known !== undefined) return known;
    const view = this.#context.view(tensor);
    this.#view(view);
    this.#key += `${this.#context.isInvariant(view.buffer) ? "same " : ""}${tensor.dtype};`;
    const number = this.#tensors.size;
    this.#tensors.set(tensor, number);
    return number;
  }

  #view({ buffer, shape, strides, offset }: View): void {
    let place = this.#given.indexOf(buffer);
    if (place < 0) place = this.#given.push(buffer) - 1;
    this.#key += `${place}:${buffer.lane}${buffer.length}+${offset}[${strides}][${shape}]`;
  }

  #numberOf(op: Op): number {
    const number = this.#numbers.get(op) ?? this.#numbers.size;
    this.#numbers.set(op, number);
    return number;
  }
}
