/** The current path in a network while tracing, for messages and for locating values. */
import { ShapeError } from "../array/index.ts";

let path = "";

/** The path of the current layer, such as `features.3`; empty outside layers. */
export const currentPath = (): string => path;

/** Runs `body` with another path, and restores the old one. */
export function atPath<T>(next: string, body: () => T): T {
  const previous = path;
  path = next;
  try {
    return body();
  } finally {
    path = previous;
  }
}

/** A name under a path: `features.3`. */
export const childPath = (parent: string, name: string): string => (parent === "" ? name : `${parent}.${name}`);

/** `conv2d (features.3)`, or just `conv2d` outside layers. */
export const located = (name: string, at = path): string => (at === "" ? name : `${name} (${at})`);

/** Runs `body`; its shape errors get the name of the op or layer and the path in front. */
export function naming<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`${located(name)}: ${error.message}`, { cause: error }) : error;
  }
}
