/**
 * The rules that keep the rooms of the source apart, each a function of one file's path (from the project's folder, with
 * slashes) and text to the complaints about it.
 */
import { posix } from "node:path";
import ts from "typescript";

export type Rule = (path: string, source: string) => string[];

/**
 * Which rooms stand on which. Imports point to a room of the same level or a lower one. What people start are the rooms
 * from `bench` on: they are apart from each other, and the command line opens the doors to them.
 */
const LEVELS: readonly (readonly string[])[] = [
  ["array", "platform", "options"],
  ["formats", "fetch"],
  ["image", "text", "audio"],
  ["graph"],
  ["data"],
  ["ops"],
  ["passes", "engines"],
  ["nn", "optim"],
  ["models", "train", "inspect", "exchange"],
  ["bench", "recipes", "studio", "testing"],
  ["cli"],
  ["entries"],
];

/** What imports go by beside paths: `#platform` is the room `platform` for the machine at hand. */
const ALIASES: Readonly<Record<string, string>> = { "#platform": "src/platform/node.ts" };

export const isTest = (path: string): boolean => path.endsWith(".test.ts") || path.startsWith("tests/");
const isSource = (path: string): boolean => path.startsWith("src/") && !isTest(path);

/** The room that a path lies in: `src/ops/conv.ts` in `ops`, `recipes/lenet5.ts` in `recipes`, `vitest.config.ts` in itself. */
const roomOf = (path: string): string => path.replace(/^src\//, "").split("/")[0];
const levelOf = (path: string): number => LEVELS.findIndex((rooms) => rooms.includes(roomOf(path)));

const parse = (path: string, source: string): ts.SourceFile =>
  ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);

function visitAll(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => visitAll(child, visit));
}

/** What `node` imports, if it does: a name, or `undefined` where that is only known when it runs. */
function importedBy(node: ts.Node): { name: string | undefined } | undefined {
  if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) {
    return { name: textOf(node.moduleSpecifier) };
  }
  if (ts.isImportTypeNode(node))
    return { name: ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : "" };
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isCall ? { name: textOf(node.arguments[0]) } : undefined;
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

/** What files import, by their text: several rules ask, and parsing takes longer than the rest. */
const known = new Map<string, readonly (string | undefined)[]>();

function importsOf(path: string, source: string): readonly (string | undefined)[] {
  const before = known.get(source);
  if (before !== undefined) return before;
  const found: (string | undefined)[] = [];
  visitAll(parse(path, source), (node) => {
    const imported = importedBy(node);
    if (imported) found.push(imported.name);
  });
  known.set(source, found);
  return found;
}

/** The path of the file that an import means, or `undefined` for packages. */
function resolve(path: string, name: string): string | undefined {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return name.startsWith(".") ? posix.join(posix.dirname(path), name) : undefined;
}

/** From this level on, rooms of one level do not import each other. */
const APART = LEVELS.findIndex((rooms) => rooms.includes("bench"));

/** Imports point down the levels, or along them where rooms are not apart. */
export const pointsDown: Rule = (path, source) => {
  if (isTest(path)) return [];
  const own = levelOf(path);
  if (own < 0) return [`the room '${roomOf(path)}' has no level; give it one in the list of levels`];
  return importsOf(path, source).flatMap((name) => {
    const target = name && resolve(path, name);
    if (!target) return [];
    const level = levelOf(target);
    if (level < 0) return [`imports ${name}: ${roomOf(target)} has no level`];
    if (level > own) return [`imports ${name}: ${roomOf(target)} stands above ${roomOf(path)}`];
    const isApart = level === own && level >= APART && roomOf(target) !== roomOf(path);
    return isApart ? [`imports ${name}: ${roomOf(target)} and ${roomOf(path)} are started apart from each other`] : [];
  });
};

/** What a room gives to users, beside its index, which gives more to other rooms. */
const PUBLIC = /\/(public|ops\/catalog)\.ts$/;

/** Into another room a file looks through an index only: that of the room, or of a room in it. Entries see what is public. */
export const throughIndex: Rule = (path, source) => {
  if (!isSource(path)) return [];
  const isDoor = (target: string): boolean =>
    posix.basename(target) === "index.ts" || (roomOf(path) === "entries" && PUBLIC.test(target));
  return importsOf(path, source).flatMap((name) => {
    const target = name?.startsWith(".") ? resolve(path, name) : undefined;
    if (target === undefined || roomOf(target) === roomOf(path) || isDoor(target)) return [];
    return [`imports ${name}, past the index of ${roomOf(target)}`];
  });
};

/** What describes networks and data runs on any engine: it knows none. */
const WITHOUT_ENGINE: readonly string[] = ["nn", "optim", "data", "models"];

export const knowsNoEngine: Rule = (path, source) => {
  if (!isSource(path) || !WITHOUT_ENGINE.includes(roomOf(path))) return [];
  return importsOf(path, source)
    .filter((name) => name !== undefined && roomOf(resolve(path, name) ?? "") === "engines")
    .map((name) => `imports ${name}: ${roomOf(path)} knows no engine`);
};

/** What users get is listed by name, in an entry of the package or in a room's public list: nothing gets out unnoticed. */
export const listsByName: Rule = (path, source) => {
  const isEntry = path.startsWith("src/entries/");
  if (!isEntry && !(path.startsWith("src/") && PUBLIC.test(path))) return [];
  const isFine = (node: ts.Statement): boolean => {
    if (!ts.isExportDeclaration(node)) return false;
    // `export * as nn` gives one name.
    return node.exportClause !== undefined || (isEntry && PUBLIC.test(textOf(node.moduleSpecifier) ?? ""));
  };
  return parse(path, source)
    .statements.filter((node) => !isFine(node))
    .map((node) => `does not list by name: ${node.getText().split("\n")[0]}`);
};

/** What rooms other than the command line may import: other people's files are protocol buffers, whose wire format is not ours. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = { exchange: ["@bufbuild/protobuf/wire"] };

/** The command line uses packages, and others those of the list; what belongs to Node, only it, the platform and the benchmark. */
export const importsOwnCode: Rule = (path, source) => {
  if (!isSource(path)) return [];
  const room = roomOf(path);
  return importsOf(path, source).flatMap((name) => {
    if (room === "cli" || (name !== undefined && resolve(path, name) !== undefined)) return [];
    if (room === "platform" && (name === undefined || name.startsWith("node:"))) return [];
    if (room === "bench" && name?.startsWith("node:")) return [];
    if (name !== undefined && PACKAGES[room]?.includes(name)) return [];
    return [`imports ${name ?? "something that is known only when it runs"}: that is for cli and platform`];
  });
};

/** A folder's index lists what it exports. A table of that, with its type, may stand there too; nothing is done. */
export const onlyExports: Rule = (path, source) => {
  if (!/^src\/(\w+\/)?index\.ts$/.test(path)) return [];
  return parse(path, source)
    .statements.filter((node) => !isListing(node))
    .map((node) => `does more than export: ${node.getText().split("\n")[0]}`);
};

const isListing = (node: ts.Statement): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  (ts.isVariableStatement(node) &&
    node.declarationList.declarations.every(({ initializer }) => initializer !== undefined && isTable(initializer)));

/** Names, literals, and lists and records of them. */
function isTable(value: ts.Expression): boolean {
  if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return isTable(value.expression);
  if (ts.isArrayLiteralExpression(value)) return value.elements.every(isTable);
  if (!ts.isObjectLiteralExpression(value)) return ts.isIdentifier(value) || ts.isLiteralExpression(value);
  return value.properties.every(
    (entry) =>
      ts.isShorthandPropertyAssignment(entry) || (ts.isPropertyAssignment(entry) && isTable(entry.initializer)),
  );
}

/** The room `graph` knows no op: none of its words is the name of one. */
export const namesNoOp =
  (opNames: ReadonlySet<string>): Rule =>
  (path, source) => {
    if (roomOf(path) !== "graph" || !isSource(path)) return [];
    const words: string[] = [];
    visitAll(parse(path, source), (node) => void (ts.isStringLiteralLike(node) && words.push(node.text)));
    return words.filter((word) => opNames.has(word)).map((word) => `names the op ${word}`);
  };

const MOST_LINES = 400;

/** Files stay readable. `tables` are long because there is much to list. */
export const staysShort =
  (tables: readonly string[]): Rule =>
  (path, source) => {
    const lines = source.trimEnd().split("\n").length;
    if (!isSource(path) || lines <= MOST_LINES || tables.includes(path)) return [];
    return [`has ${lines} lines, at most ${MOST_LINES} are readable; split it by idea`];
  };

/** Where people's own files lie on their machines. A folder with a name of one letter stands for anybody's. */
const machinePath =
  /(?<![\w.:@/~-])(?:\/(?:home|Users|root|work|workspaces?|mnt|media|opt|srv)|[A-Z]:[\\/]+Users[\\/]?)[\\/][\w.-]{2,}/;

/** No file mentions a path of the machine that it was written on. */
export const namesNoMachine: Rule = (_path, source) =>
  source.split("\n").flatMap((line, i) => {
    const found = machinePath.exec(line);
    return found ? [`line ${i + 1} has the path ${found[0]} of some machine`] : [];
  });
