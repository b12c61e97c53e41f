/** Writes types so that users can read them: names that are not exported are spelled out. */
import ts from "typescript";
import type { OptionDoc, ParameterDoc } from "./source.ts";

/** What a name that is imported or re-exported stands for. */
export const targetOf = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const undecorated = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .replace(/^ (?! )/, "")
    .trim();

/** The comment at the head of a file. */
export const headerOf = ({ text }: ts.SourceFile): string => undecorated(/^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? "");

/** A symbol's docstring, without its tags. The comment at the head of a file belongs to no symbol. */
export function textOf(checker: ts.TypeChecker, symbol: ts.Symbol, file?: ts.SourceFile): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const flat = (one: string): string => one.replace(/\s+/g, " ");
  return file !== undefined && flat(text) === flat(headerOf(file)) ? "" : text;
}

/** Of a type that is spelled out, in characters. */
const LONGEST = 400;

const SPELLED_OUT = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

export class TypeWriter {
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

  /** What an alias stands for: as it is written where names that are not exported would take too long to spell out. */
  alias({ type }: ts.TypeAliasDeclaration): string {
    const known = this.written(type);
    if (known !== undefined) return known;
    const spelled = this.checker.typeToString(this.checker.getTypeFromTypeNode(type), undefined, SPELLED_OUT);
    return spelled.length > LONGEST ? oneLine(type.getText()) : spelled;
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
