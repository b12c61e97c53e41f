/** Where in a network the code is that is being traced right now, for messages and for locating values. */
import { ShapeError } from "../array/index.ts";

let path = "";

/** The path of the layer that is being traced, such as `features.3`; empty outside layers. */
export const currentPath = (): string => path;

/** Runs `body` with another path; the old one is back afterwards, whatever happens. */
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

/** Runs `body`; what it says of shapes gets the name of the op or layer and the path in front. */
export function naming<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`${located(name)}: ${error.message}`, { cause: error }) : error;
  }
}
