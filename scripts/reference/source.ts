/**
 * The source as its users see it: what an entry of the package exports, with signatures, options and docstrings, read by
 * the compiler.
 */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { Describer } from "./describe.ts";
import { headerOf, TypeWriter, targetOf, textOf } from "./type-writer.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A field of an options object. */
export interface OptionDoc {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly text: string;
}

export interface ParameterDoc {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly rest: boolean;
  /** The default as it stands in the source. */
  readonly fallback: string | undefined;
  /** The fields, where the parameter takes an object of options. */
  readonly options: readonly OptionDoc[];
}

/** Something that is exported. */
export interface Exported {
  readonly name: string;
  readonly kind: "function" | "value" | "type";
  /** From the project's folder, with slashes. */
  readonly file: string;
  readonly line: number;
  /** The docstring, without its tags. */
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
  /** Of a function. */
  readonly parameters: readonly ParameterDoc[];
  readonly returns: string;
  /** What an alias stands for, or the type of a property. */
  readonly definition: string;
  /** Of a class: its constructor, methods and properties; of an object of functions or an interface: what it has. */
  readonly members: readonly Exported[];
}

export interface Source {
  /** What a file such as `src/nn/index.ts` exports, by files and in their order; functions before values and types. */
  exportsOf(file: string): readonly Exported[];
  /** The comment at the head of a file. */
  headerOf(file: string): string;
  /** The docstrings of an object literal's rows, by their names. */
  rowsOf(file: string, constant: string): ReadonlyMap<string, string>;
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ["fovea-source"],
  types: [],
  strict: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
};

export function openSource(entries: readonly string[]): Source {
  const program = ts.createProgram(
    entries.map((file) => root + file),
    compilerOptions,
  );
  const checker = program.getTypeChecker();
  const fileOf = (file: string): ts.SourceFile => {
    const source = program.getSourceFile(root + file);
    if (source === undefined) throw new Error(`${file} is no part of ${entries.join(", ")}`);
    return source;
  };
  const symbolsOf = (file: string): readonly ts.Symbol[] => {
    const module = checker.getSymbolAtLocation(fileOf(file));
    return module === undefined ? [] : checker.getExportsOfModule(module);
  };
  const isPublic = publicNames(checker, entries.flatMap(symbolsOf));
  const describer = new Describer(checker, new TypeWriter(checker, isPublic));
  const described = new Map<string, readonly Exported[]>();
  const exportsOf = (file: string): readonly Exported[] =>
    symbolsOf(file)
      .map((symbol) => describer.describe(symbol))
      .filter((found) => found !== undefined)
      .sort((a, b) => (a.file === b.file ? a.line - b.line : nameOf(a.file) < nameOf(b.file) ? -1 : 1));
  return {
    exportsOf: (file) => {
      const exported = described.get(file) ?? exportsOf(file);
      described.set(file, exported);
      return exported;
    },
    headerOf: (file) => headerOf(fileOf(file)),
    rowsOf: (file, constant) => rowsOf(checker, fileOf(file), constant),
  };
}

/** Without its ending, which would come between `conv.ts` and `conv-transpose.ts`. */
const nameOf = (file: string): string => file.replace(/\.ts$/, "");

/** Whether users can name a type; others are spelled out for them. */
function publicNames(checker: ts.TypeChecker, symbols: readonly ts.Symbol[]): (symbol: ts.Symbol) => boolean {
  const known = new Set(symbols.map((symbol) => targetOf(checker, symbol)));
  for (const symbol of known) {
    if (symbol.flags & ts.SymbolFlags.ValueModule)
      for (const inner of checker.getExportsOfModule(symbol)) known.add(targetOf(checker, inner));
  }
  return (symbol) => known.has(symbol);
}

function rowsOf(checker: ts.TypeChecker, file: ts.SourceFile, constant: string): ReadonlyMap<string, string> {
  const [symbol] = checker.getSymbolsInScope(file, ts.SymbolFlags.Variable).filter(({ name }) => name === constant);
  const type = checker.getTypeOfSymbolAtLocation(symbol, file);
  return new Map(checker.getPropertiesOfType(type).map((row) => [row.name, textOf(checker, row)]));
}
