/**
 * The source as its users see it: what an entry of the package exports, with signatures, options and docstrings, read by
 * the compiler.
 */
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

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
  /** Of a type: what it stands for, or its fields. */
  readonly definition: string;
  readonly fields: readonly OptionDoc[];
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
  lib: ["lib.es2023.d.ts"],
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
  const described = new Map<string, readonly Exported[]>();
  const exportsOf = (file: string): readonly Exported[] =>
    symbolsOf(file)
      .map((symbol) => describe(checker, isPublic, symbol))
      .filter((found) => found !== undefined)
      .sort((a, b) => (a.file === b.file ? a.line - b.line : nameOf(a.file) < nameOf(b.file) ? -1 : 1));
  return {
    exportsOf: (file) => {
      const exported = described.get(file) ?? exportsOf(file);
      described.set(file, exported);
      return exported;
    },
    headerOf: (file) => headerOf(fileOf(file).text),
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

const targetOf = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const textOf = (checker: ts.TypeChecker, symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker));

function describe(
  checker: ts.TypeChecker,
  isPublic: (symbol: ts.Symbol) => boolean,
  exported: ts.Symbol,
): Exported | undefined {
  const symbol = targetOf(checker, exported);
  const node = symbol.valueDeclaration ?? symbol.declarations?.[0];
  if (node === undefined || ts.isSourceFile(node)) return undefined;
  const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
  const type = isValue ? checker.getTypeOfSymbolAtLocation(symbol, node) : checker.getDeclaredTypeOfSymbol(symbol);
  const [signature] = isValue ? type.getCallSignatures() : [];
  const file = node.getSourceFile();
  const writer = new TypeWriter(checker, isPublic);
  return {
    name: exported.name,
    kind: signature !== undefined ? "function" : isValue ? "value" : "type",
    file: relative(root, file.fileName).split(sep).join("/"),
    line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    text: textOf(checker, symbol),
    tags: symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
    parameters: signature === undefined ? [] : signature.parameters.flatMap((one) => writer.parameter(one, node)),
    returns: signature === undefined ? "" : writer.returns(signature),
    definition: ts.isTypeAliasDeclaration(node) ? writer.alias(node) : "",
    fields: ts.isInterfaceDeclaration(node) ? checker.getPropertiesOfType(type).map((one) => writer.option(one)) : [],
  };
}

const SPELLED_OUT = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

/** Writes types so that users can read them: names that are not exported are spelled out. */
class TypeWriter {
  private readonly checker: ts.TypeChecker;
  private readonly isPublic: (symbol: ts.Symbol) => boolean;

  constructor(checker: ts.TypeChecker, isPublic: (symbol: ts.Symbol) => boolean) {
    this.checker = checker;
    this.isPublic = isPublic;
  }

  write(given: ts.Type): string {
    const type = this.checker.getNonNullableType(given);
    const isNamed = type.aliasSymbol !== undefined && this.isPublic(type.aliasSymbol);
    if (!isNamed && this.isSpelledOut(type)) {
      const fields = this.checker.getPropertiesOfType(type).map((field) => this.option(field));
      return `{ ${fields.map(({ name, type, required }) => `${name}${required ? "" : "?"}: ${type}`).join("; ")} }`;
    }
    return this.checker.typeToString(type, undefined, isNamed ? ts.TypeFormatFlags.NoTruncation : SPELLED_OUT);
  }

  /** What an alias stands for. */
  alias({ type }: ts.TypeAliasDeclaration): string {
    return (
      this.written(type) ?? this.checker.typeToString(this.checker.getTypeFromTypeNode(type), undefined, SPELLED_OUT)
    );
  }

  /** Mapped types, such as what a schema's users have to give, are shown by their fields. */
  private isSpelledOut(type: ts.Type): boolean {
    const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
    if (!isObject || type.getCallSignatures().length > 0 || this.checker.getIndexInfosOfType(type).length > 0)
      return false;
    const symbol = type.aliasSymbol ?? type.getSymbol();
    return (
      symbol === undefined || ["__type", "__object", "Readonly", "Omit", "Partial", "Omissible"].includes(symbol.name)
    );
  }

  /** As it is written in the source, if users know all names in it. */
  private written(node: ts.TypeNode | undefined): string | undefined {
    if (node === undefined) return undefined;
    let known = true;
    const visit = (part: ts.Node): void => {
      if (ts.isTypeReferenceNode(part) || ts.isTypeQueryNode(part)) known &&= this.isKnown(part);
      ts.forEachChild(part, visit);
    };
    visit(node);
    return known ? oneLine(node.getText()).replace(/ \| undefined$/, "") : undefined;
  }

  private isKnown(node: ts.TypeReferenceNode | ts.TypeQueryNode): boolean {
    if (ts.isTypeQueryNode(node)) return false;
    const symbol = this.checker.getSymbolAtLocation(node.typeName);
    const [declaration] = symbol?.declarations ?? [];
    if (symbol === undefined || declaration === undefined) return false;
    const target = targetOf(this.checker, symbol);
    // What an interface leaves open is settled where the interface is used; what a function does, users do.
    if (ts.isTypeParameterDeclaration(declaration)) return ts.isFunctionLike(declaration.parent);
    if (this.isPublic(target)) return true;
    return target.declarations?.[0].getSourceFile().hasNoDefaultLib === true;
  }

  returns(signature: ts.Signature): string {
    return (
      this.written(signature.declaration?.type as ts.TypeNode | undefined) ?? this.write(signature.getReturnType())
    );
  }

  option(symbol: ts.Symbol): OptionDoc {
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    const node = declaration !== undefined && ts.isPropertySignature(declaration) ? declaration.type : undefined;
    return {
      name: symbol.name,
      type: this.written(node && withoutUndefined(node)) ?? this.write(this.checker.getTypeOfSymbol(symbol)),
      required: (symbol.flags & ts.SymbolFlags.Optional) === 0,
      text: textOf(this.checker, symbol),
    };
  }

  /** A rest parameter that stands for one optional argument is that argument. */
  parameter(symbol: ts.Symbol, at: ts.Node): ParameterDoc[] {
    const declaration = symbol.valueDeclaration;
    const node = declaration !== undefined && ts.isParameter(declaration) ? declaration : undefined;
    const type = this.checker.getTypeOfSymbolAtLocation(symbol, at);
    const isRest = node?.dotDotDotToken !== undefined;
    const [only] =
      isRest && this.checker.isTupleType(type) ? this.checker.getTypeArguments(type as ts.TypeReference) : [];
    const argument = this.checker.getNonNullableType(only ?? type);
    if (only !== undefined && this.isSpelledOut(argument) && this.checker.getPropertiesOfType(argument).length === 0)
      return [];
    const fallback = node?.initializer?.getText();
    const written = (only === undefined ? this.written(node?.type) : undefined) ?? this.write(argument);
    return [
      {
        name: symbol.name.startsWith("__") ? nameFor(written) : symbol.name,
        type: written,
        optional:
          fallback !== undefined || node?.questionToken !== undefined || (only !== undefined && only !== argument),
        rest: isRest && only === undefined,
        fallback,
        options: this.optionsOf(argument),
      },
    ];
  }

  /** The fields of an options object; none for what is a thing of its own, such as a tensor. */
  private optionsOf(type: ts.Type): readonly OptionDoc[] {
    const name = (type.aliasSymbol ?? type.getSymbol())?.name ?? "";
    if (!/(Options|DynamicK|AlongAxis)$/.test(name) && !this.isSpelledOut(type)) return [];
    return this.checker.getPropertiesOfType(type).map((field) => this.option(field));
  }
}

/** `T` of `T | undefined`, as every option may be given: that it may be left out says as much. */
function withoutUndefined(node: ts.TypeNode): ts.TypeNode {
  if (!ts.isUnionTypeNode(node) || node.types.at(-1)?.kind !== ts.SyntaxKind.UndefinedKeyword) return node;
  const [only, ...others] = node.types.slice(0, -1);
  if (others.length > 0) return node;
  return ts.isParenthesizedTypeNode(only) ? only.type : only;
}

/** For a parameter that is taken apart: options, or what its type is called. */
const nameFor = (type: string): string =>
  /^[A-Z]\w*$/.test(type) && !type.endsWith("Options") ? type[0].toLowerCase() + type.slice(1) : "options";

const oneLine = (text: string): string => text.replace(/\s+/g, " ").replace(/^\| /, "");

const undecorated = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .replace(/^ (?! )/, "")
    .trim();

const headerOf = (text: string): string => undecorated(/^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? "");

function rowsOf(checker: ts.TypeChecker, file: ts.SourceFile, constant: string): ReadonlyMap<string, string> {
  const [symbol] = checker.getSymbolsInScope(file, ts.SymbolFlags.Variable).filter(({ name }) => name === constant);
  const type = checker.getTypeOfSymbolAtLocation(symbol, file);
  return new Map(checker.getPropertiesOfType(type).map((row) => [row.name, textOf(checker, row)]));
}
