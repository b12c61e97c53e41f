/** What there is to say of an exported symbol: its kind, signature, docstring and members. */
import { relative, sep } from "node:path";
import ts from "typescript";
import { type Exported, root } from "./source.ts";
import { type TypeWriter, targetOf, textOf } from "./type-writer.ts";

const nothing = { tags: [], parameters: [], returns: "", definition: "", members: [] } as const;

export class Describer {
  private readonly checker: ts.TypeChecker;
  private readonly writer: TypeWriter;

  constructor(checker: ts.TypeChecker, writer: TypeWriter) {
    this.checker = checker;
    this.writer = writer;
  }

  /** Nothing for what is declared nowhere, such as a namespace. */
  describe(exported: ts.Symbol): Exported | undefined {
    const symbol = targetOf(this.checker, exported);
    const node = symbol.valueDeclaration ?? symbol.declarations?.[0];
    if (node === undefined || ts.isSourceFile(node)) return undefined;
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
    const type = isValue
      ? this.checker.getTypeOfSymbolAtLocation(symbol, node)
      : this.checker.getDeclaredTypeOfSymbol(symbol);
    const [signature] = isValue ? type.getCallSignatures() : [];
    return {
      ...this.about(symbol, node),
      name: exported.name,
      kind: signature !== undefined ? "function" : isValue ? "value" : "type",
      ...(signature === undefined ? {} : this.call(signature, node)),
      definition: ts.isTypeAliasDeclaration(node) && !ts.isMappedTypeNode(node.type) ? this.writer.alias(node) : "",
      members: signature === undefined ? this.membersOf(symbol, type, node) : [],
    };
  }

  /** Where a symbol is declared, and its docstring. */
  private about(symbol: ts.Symbol, node: ts.Node): Exported {
    const file = node.getSourceFile();
    return {
      ...nothing,
      name: symbol.name,
      kind: "value",
      file: relative(root, file.fileName).split(sep).join("/"),
      line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      text: textOf(this.checker, symbol, file),
      tags: symbol.getJsDocTags(this.checker).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
    };
  }

  private call(signature: ts.Signature, node: ts.Node): Pick<Exported, "parameters" | "returns"> {
    return {
      parameters: signature.parameters.flatMap((one) => this.writer.parameter(one, node)),
      returns: this.writer.returns(signature),
    };
  }

  /** What a class, an interface or an object of functions has; what is called by the name itself comes first. */
  private membersOf(symbol: ts.Symbol, type: ts.Type, node: ts.Node): readonly Exported[] {
    if (ts.isClassDeclaration(node)) {
      const instance = this.checker.getDeclaredTypeOfSymbol(symbol);
      const own = type.getConstructSignatures().filter(({ declaration }) => declaration && isOurs(declaration));
      const made = own.map((one) => this.signed(`new ${symbol.name}`, one, node));
      const shared = this.propertiesOf(type).map((one) => ({ ...one, name: `${symbol.name}.${one.name}` }));
      return [...made, ...shared, ...this.propertiesOf(instance)];
    }
    const fixed = ts.isVariableDeclaration(node)
      ? this.propertiesOf(type).map((one) => ({ ...one, name: `${symbol.name}.${one.name}` }))
      : [];
    if (ts.isTypeAliasDeclaration(node) && ts.isMappedTypeNode(node.type))
      return this.propertiesOf(type).map((one) => ({ ...one, text: "" }));
    const declared = symbol.declarations?.some(ts.isInterfaceDeclaration)
      ? this.checker.getDeclaredTypeOfSymbol(symbol)
      : undefined;
    if (declared === undefined) return fixed;
    const called = declared.getCallSignatures().map((one) => this.signed(lowered(symbol.name), one, node));
    return [...fixed, ...called, ...this.propertiesOf(declared, isBorrowed)];
  }

  private signed(name: string, signature: ts.Signature, node: ts.Node): Exported {
    const isMade = name.startsWith("new ");
    return {
      ...nothing,
      ...this.call(signature, node),
      ...(isMade ? { returns: "" } : {}),
      name,
      kind: "function",
      file: "",
      line: 0,
      text: ts.displayPartsToString(signature.getDocumentationComment(this.checker)),
      tags: signature.getJsDocTags().map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
    };
  }

  /** Properties and methods that our source declares, public ones. */
  private propertiesOf(type: ts.Type, isLeftOut = (_: ts.Symbol): boolean => false): readonly Exported[] {
    const properties = this.checker.getPropertiesOfType(type).filter((one) => !isLeftOut(one));
    return properties.flatMap((one): Exported[] => {
      const property = this.described(one);
      const node = property.valueDeclaration ?? property.declarations?.[0];
      if (node === undefined || property.name === "prototype" || isHidden(node)) return [];
      const [signature] = this.checker.getTypeOfSymbolAtLocation(property, node).getCallSignatures();
      const about = this.about(property, node);
      if (signature !== undefined) return [{ ...about, ...this.call(signature, node), kind: "function" }];
      return [{ ...about, definition: this.writer.option(property).type }];
    });
  }

  /** In `{ build, load }`, what the names stand for: that is where the docstrings are. */
  private described(property: ts.Symbol): ts.Symbol {
    const node = property.valueDeclaration;
    if (node === undefined || !ts.isShorthandPropertyAssignment(node)) return property;
    const value = this.checker.getShorthandAssignmentValueSymbol(node);
    return value === undefined ? property : targetOf(this.checker, value);
  }
}

const isOurs = (node: ts.Node): boolean => !node.getSourceFile().isDeclarationFile;

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;

/** Private, described where it is first declared, or a member of the language's own classes. */
const isHidden = (node: ts.Node): boolean =>
  !isOurs(node) ||
  (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) ||
  (ts.getCombinedModifierFlags(node as ts.Declaration) & HIDDEN) !== 0;

/** A member that a mapped type takes over from an object, where it is described. */
const isBorrowed = ({ valueDeclaration }: ts.Symbol): boolean =>
  valueDeclaration !== undefined && ts.isShorthandPropertyAssignment(valueDeclaration);

/** How a thing of an interface's name is called: `Model` as `model`. */
const lowered = (name: string): string => name[0].toLowerCase() + name.slice(1);
