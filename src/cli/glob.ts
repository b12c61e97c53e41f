/** Patterns of paths, for shells that do not expand them: `*` and `?` within a name, `[a-c]`, `{jpg,png}`, and `**` for any folders. */
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";

const isPattern = (text: string): boolean => /[*?[{]/.test(text);

/** Whether a path has a pattern in it. */
export const isGlob = (path: string): boolean => isPattern(path);

const escaped = (character: string): string => character.replace(/[\\^$*+?.()|[\]{}]/g, "\\$&");

/** Special characters of a pattern as parts of a regular expression. */
const meanings: Readonly<Record<string, string>> = { "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")" };

/**
 * One name of a path as a regular expression. A dot at the beginning has to be in the pattern. An invalid pattern, such
 * as one with an open brace, matches the file of exactly this name.
 */
export function nameMatcher(pattern: string): RegExp {
  try {
    return new RegExp(`^${sourceOf(pattern)}$`, "su");
  } catch {
    return new RegExp(`^${[...pattern].map(escaped).join("")}$`, "su");
  }
}

function sourceOf(pattern: string): string {
  let depth = 0;
  const parts = [...pattern.matchAll(/\[[!^]?[^\]]+\]|./gsu)].map(([part]) => {
    if (part.length > 1 && part.startsWith("[")) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    depth += part === "{" ? 1 : part === "}" ? -1 : 0;
    if (part === "," && depth > 0) return "|";
    return Object.hasOwn(meanings, part) ? meanings[part] : escaped(part);
  });
  return `${pattern.startsWith(".") ? "" : "(?!\\.)"}${parts.join("")}`;
}

/** The files and folders that match a pattern, sorted; none if nothing matches. */
export async function expandGlob(pattern: string): Promise<string[]> {
  const names = pattern.split(sep === "\\" ? /[/\\]/ : "/");
  const found = await expand(names[0] === "" ? "/" : "", names[0] === "" ? names.slice(1) : names);
  return [...new Set(found)].sort();
}

async function expand(folder: string, [name, ...rest]: readonly string[]): Promise<string[]> {
  if (name === undefined) return [folder];
  if (name !== "**" && !isPattern(name)) return expand(join(folder, name), rest);
  const entries = await readdir(folder || ".", { withFileTypes: true }).catch(() => []);
  const matcher = nameMatcher(name === "**" ? "*" : name);
  const matching = entries.filter((entry) => matcher.test(entry.name));
  if (name !== "**") return (await Promise.all(matching.map((entry) => expand(join(folder, entry.name), rest)))).flat();
  // Zero or more folders; links are not followed, since they may form circles.
  const below = matching.filter((entry) => entry.isDirectory());
  const deeper = below.map((entry) => expand(join(folder, entry.name), [name, ...rest]));
  return [...(await expand(folder, rest)), ...(await Promise.all(deeper)).flat()];
}
