export type { PickleHost } from "./pickle-machine.ts";
export { type PickleCall, PickledGlobal, PickledObject } from "./pickled-object.ts";
export { plainGlobals } from "./plain-globals.ts";
export { readPickle } from "./read-pickle.ts";
