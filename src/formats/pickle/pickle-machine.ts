/**
 * The stack machine that a pickle is a program for. Values become plain ones: dictionaries maps, lists and tuples arrays, None
 * null. A program can only name classes and functions, and `PickleHost` decides what a name stands for.
 */
import { describeGiven } from "../../array/index.ts";
import type { Cursor } from "../cursor.ts";
import { costs, PickleBudget } from "./pickle-budget.ts";
import { PickledGlobal, PickledObject } from "./pickled-object.ts";

/** What the names in a pickle stand for. */
export interface PickleHost {
  /** A class or function by module and name, `collections.OrderedDict`; undefined if it is not known. */
  global(name: string): unknown;
  /** What is kept outside of the pickle under this id. */
  persistent(id: unknown): unknown;
}

/** The state of a program that is run. */
export class PickleMachine {
  readonly cursor: Cursor;
  readonly host: PickleHost;
  readonly budget: PickleBudget;
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #memo: unknown[] = [];
  #memoized = 0;

  constructor(cursor: Cursor, host: PickleHost) {
    this.cursor = cursor;
    this.host = host;
    this.budget = new PickleBudget(cursor.bytes.length, cursor.fail);
  }

  /** @throws the error of this problem */
  refuse(problem: string): never {
    throw this.cursor.fail(`${problem} (before byte ${this.cursor.at}); it is damaged or not a pickle`);
  }

  push(value: unknown): void {
    this.budget.stack(this.#stack.length);
    this.#stack.push(value);
  }

  pop(): unknown {
    this.#checkHeight();
    return this.#stack.pop();
  }

  /** The uppermost values, in the order in which they came. */
  popSome(count: number): unknown[] {
    this.#checkHeight(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  top(): unknown {
    this.#checkHeight();
    return this.#stack[this.#stack.length - 1];
  }

  mark(): void {
    this.budget.stack(this.#marks.length);
    this.#marks.push(this.#stack.length);
  }

  /** The values above the last mark, which are taken away with it. */
  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.refuse("a mark is missing");
    return this.#stack.splice(mark);
  }

  /** Lists and tuples of the values. */
  pushList(items: unknown[]): void {
    this.budget.spend(costs.list + costs.item * items.length);
    this.push(items);
  }

  /** Remembers the uppermost value. */
  memoize(index = this.#memoized): void {
    if (index > this.cursor.bytes.length) this.refuse(`a value is remembered under the number ${index}`);
    this.budget.spend(costs.item);
    this.#memo[index] = this.top();
    this.#memoized++;
  }

  recall(index: number): void {
    if (!(index in this.#memo)) this.refuse(`no value is remembered under the number ${index}`);
    this.push(this.#memo[index]);
  }

  /** A class or function by name. */
  pushGlobal(module: string, name: string): void {
    const path = `${module}.${name}`;
    this.budget.spend(costs.map + costs.character * path.length);
    this.push(this.host.global(path) ?? new PickledGlobal(path));
  }

  /** Calls a class or function. */
  call(callee: unknown, args: unknown): void {
    if (!Array.isArray(args)) this.refuse(`arguments are ${describeGiven(args)}, expected a tuple`);
    this.budget.spend(costs.object);
    if (callee instanceof PickledGlobal)
      this.push(callee.call?.(args, this.budget) ?? new PickledObject(callee.name, args));
    else if (callee instanceof PickledObject) this.push(new PickledObject(`${callee.type}(…)`, args));
    else this.refuse(`${describeGiven(callee)} is called, expected a class or function`);
  }

  append(items: readonly unknown[]): void {
    const target = this.top();
    this.budget.spend(costs.item * items.length);
    const list = target instanceof PickledObject ? target.items : target;
    if (!Array.isArray(list)) this.refuse(`elements are added to ${describeGiven(target)}, expected a list`);
    for (const item of items) list.push(item);
  }

  /** @param pairs keys and values in turn */
  setItems(pairs: readonly unknown[]): void {
    const target = this.top();
    const map = target instanceof PickledObject ? target.entries : target;
    if (!(map instanceof Map)) this.refuse(`entries are added to ${describeGiven(target)}, expected a dictionary`);
    if (pairs.length % 2 !== 0) this.refuse("a dictionary has a key without a value");
    for (let i = 0; i < pairs.length; i += 2) {
      this.budget.key(pairs[i]);
      map.set(pairs[i], pairs[i + 1]);
    }
  }

  addToSet(items: readonly unknown[]): void {
    const target = this.top();
    if (target instanceof PickledObject) {
      this.append(items);
      return;
    }
    if (!(target instanceof Set)) this.refuse(`elements are added to ${describeGiven(target)}, expected a set`);
    for (const item of items) {
      this.budget.key(item);
      target.add(item);
    }
  }

  /** Sets an object's state; what is plain has none that matters. */
  setState(state: unknown): void {
    const target = this.top();
    if (target instanceof PickledObject) target.state = state;
  }

  #checkHeight(count = 1): void {
    if (this.#stack.length - count < (this.#marks.at(-1) ?? 0)) this.refuse("a value is missing");
  }
}
