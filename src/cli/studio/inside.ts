/** Paths that stay inside of a folder, whatever a request asks for. */
import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";

/**
 * The real path of what lies at `parts` in a folder, or `undefined` where there is nothing, or where it would lie elsewhere: after
 * `..`, an absolute path, or a symbolic link that leads out.
 */
export async function inside(folder: string, ...parts: readonly string[]): Promise<string | undefined> {
  if (parts.some((part) => part.includes("\0"))) return undefined;
  const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))]).catch(() => []);
  if (root === undefined || path === undefined) return undefined;
  const within = root.endsWith(sep) ? root : root + sep;
  return path.startsWith(within) ? path : undefined;
}
