import { shorten } from "../../array/index.ts";
import type { PickleBudget } from "./pickle-budget.ts";

/** What a pickle holds of a class that is not known: its parts are kept, nothing is made of them and no code runs. */
export class PickledObject {
  /** The class or function, such as `argparse.Namespace`. */
  readonly type: string;
  /** What the class was called with. */
  readonly args: readonly unknown[];
  /** What was set on the object afterwards: for most objects a map of its attributes. */
  state: unknown = undefined;
  /** Elements that were added, if it is a kind of list or set. */
  readonly items: unknown[] = [];
  /** Entries that were added, if it is a kind of dictionary. */
  readonly entries = new Map<unknown, unknown>();

  constructor(type: string, args: readonly unknown[] = []) {
    this.type = shorten(type);
    this.args = args;
  }
}

/** What a call gives; undefined if it is not understood. What is made is counted in the budget. */
export type PickleCall = (args: readonly unknown[], budget: PickleBudget) => unknown;

/** A class or function that a pickle names, as it stands for itself. */
export class PickledGlobal {
  /** Module and name, `torch.FloatStorage`. */
  readonly name: string;
  /** What it makes of arguments; without one a call gives a `PickledObject`. */
  readonly call: PickleCall | undefined;

  constructor(name: string, call?: PickleCall) {
    this.name = name;
    this.call = call;
  }
}
