/**
 * The rules that keep the rooms inside the compiler apart. Its rooms are folders of `src/engines/cpu`; each has an index, its
 * table of contents, through which all others import.
 */
import { posix } from "node:path";
import ts from "typescript";
import { isTest, type Rule } from "./rules.ts";

const COMPILER = "src/engines/cpu";

/** Which rooms stand on which, the lowest first. Imports point to lower levels only, and never to a neighbor. */
export const LEVELS: readonly (readonly string[])[] = [
  ["loops", "resources"],
  ["lower/context"],
  ["lower/elementwise", "lower/reduction", "lower/contraction"],
  ["lower/convolution", "lower/recurrence"],
  ["lower"],
  ["step"],
  ["memory"],
  ["x64/assembler"],
  ["x64/code", "x64/threads"],
  ["x64/selection", "x64/allocation"],
  ["wasm", "x64"],
  ["."],
];

interface Import {
  readonly target: string;
  /** Whether nothing of it is there when the program runs. */
  readonly isType: boolean;
}

/** What a file imports and exports from files of the project, by path. */
export function importsIn(path: string, source: string): Import[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest);
  return file.statements.flatMap((node) => {
    if (!(ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) || node.moduleSpecifier === undefined)
      return [];
    const { text } = node.moduleSpecifier as ts.StringLiteral;
    return text.startsWith(".") ? [{ target: posix.join(posix.dirname(path), text), isType: isTypeOnly(node) }] : [];
  });
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    return node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly));
  }
  const { importClause } = node;
  if (importClause === undefined) return false;
  const { namedBindings } = importClause;
  const names = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  const hasTypesOnly = importClause.name === undefined && names.length > 0 && names.every((name) => name.isTypeOnly);
  return importClause.phaseModifier === ts.SyntaxKind.TypeKeyword || hasTypesOnly;
}

const isInside = (path: string): boolean => path.startsWith(`${COMPILER}/`);

/** The room of a file of the compiler: its folder. */
const roomOf = (path: string): string => posix.relative(COMPILER, posix.dirname(path)) || ".";
const levelOf = (room: string): number => LEVELS.findIndex((rooms) => rooms.includes(room));

/** Imports between rooms of the compiler point down its levels. */
export const pointsDownInside: Rule = (path, source) => {
  if (!isInside(path) || isTest(path)) return [];
  const room = roomOf(path);
  const own = levelOf(room);
  if (own < 0) return [`the room '${room}' has no level; give it one in the compiler's levels`];
  return importsIn(path, source)
    .filter(({ target }) => isInside(target) && roomOf(target) !== room && levelOf(roomOf(target)) >= own)
    .map(({ target }) => `imports ${target}: ${roomOf(target)} does not stand below ${room}`);
};

/** A room of the compiler is imported through its index; tests beside the code look into it. */
export const importsThroughIndex: Rule = (path, source) => {
  if (isInside(path) ? isTest(path) : !source.includes("/cpu/")) return [];
  return importsIn(path, source)
    .filter(({ target }) => isInside(target) && posix.basename(target) !== "index.ts")
    .filter(({ target }) => !isInside(path) || roomOf(target) !== roomOf(path))
    .map(({ target }) => `imports ${target}, past the index of its room`);
};

/** An index of the compiler exports from files of its room, and does nothing else. */
export const listsItsRoom: Rule = (path, source) => {
  if (!isInside(path) || posix.basename(path) !== "index.ts") return [];
  const { statements } = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const isListing = (node: ts.Statement): boolean =>
    ts.isExportDeclaration(node) && /^\.\/[\w-]+\.ts$/.test((node.moduleSpecifier as ts.StringLiteral)?.text);
  return statements.filter((node) => !isListing(node)).map((node) => `does more than list: ${node.getText()}`);
};

/** Circles of files that import each other by value: the first one found from each file that is in one, by path. */
export function circlesIn(files: readonly { readonly path: string; readonly source: string }[]): string[] {
  const targets = new Map(
    files.map(({ path, source }) => {
      const byValue = importsIn(path, source).filter(({ isType }) => !isType);
      return [path, byValue.map(({ target }) => target)];
    }),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
