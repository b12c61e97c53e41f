/** How an op is written: a rule of its table. */
import { CapabilityError } from "../../../array/index.ts";
import { located, type OpNode } from "../../../graph/index.ts";
import type { Lowering } from "../lowering.ts";
import type { Value } from "../values.ts";

/** Makes the nodes for a use of an op, and gives the values of its outputs, in order; those that cannot be had are left out. */
export type OpRule = (node: OpNode, g: Lowering) => Value | readonly (Value | undefined)[];

/** Attributes as the rules of one op know them. */
export const attributesOf = <A>(node: OpNode): A => node.attributes as A;

/** An error for what a file cannot say. */
export const cannotExport = (what: string, path: string, why: string): CapabilityError =>
  new CapabilityError(`toOnnx: ${located(what, path)} cannot be exported: ${why}`);
