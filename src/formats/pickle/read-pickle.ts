/** Runs pickles: Python's format for values of any kind, of which only plain ones are made, and no code is run. */
import type { Cursor } from "../cursor.ts";
import { type PickleHost, PickleMachine } from "./pickle-machine.ts";
import { opcodes } from "./pickle-opcodes.ts";

const STOP = 0x2e;

/**
 * The value of the pickle at the cursor, which is left behind it. None is null, dictionaries are maps, lists and tuples arrays;
 * integers beyond 2⁵³ bigints, bytes a Uint8Array.
 * @throws what the cursor's `fail` makes if the pickle is damaged, hostile or of protocol 0 or 1
 */
export function readPickle(cursor: Cursor, host: PickleHost): unknown {
  const machine: PickleMachine = new PickleMachine(cursor, host);
  const first = cursor.left > 0 ? cursor.bytes[cursor.at] : undefined;
  if (first !== 0x80) machine.refuse("a pickle of protocol 2 or later should begin here");
  for (;;) {
    const opcode = cursor.u8();
    if (opcode === STOP) return machine.pop();
    const step = opcodes.get(opcode);
    if (step === undefined) machine.refuse(`the opcode 0x${opcode.toString(16).padStart(2, "0")} is not known`);
    step(machine);
  }
}
