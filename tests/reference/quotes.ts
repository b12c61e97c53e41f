/**
 * Documents that explain code piece by piece. Between `<!-- quote NAME of FOLDER -->` and `<!-- end -->` the code blocks,
 * put together, are the declaration NAME of one of the folder's files; after `<!-- printed NAME -->` they are what a program
 * prints. Every block has text behind it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A part of a document: what it quotes, the code in it, and the blocks that nothing explains. */
export interface Quoted {
  readonly kind: "quote" | "printed";
  readonly what: string;
  readonly code: string;
  readonly unexplained: readonly string[];
}

/** The parts of a document that quote something. */
export const quotedIn = (document: string): Quoted[] =>
  [...document.matchAll(/^<!-- (quote|printed) (.+) -->$([\s\S]*?)^<!-- end -->$/gm)].map(([, kind, what, body]) => {
    // Text and code take turns.
    const pieces = body.split(/^```.*\n/m);
    const code = pieces.filter((_, i) => i % 2 === 1);
    return {
      kind: kind as Quoted["kind"],
      what,
      code: code.join("").trimEnd(),
      unexplained: code.filter((_, i) => pieces[2 * i + 2].trim() === ""),
    };
  });

/**
 * The text of a top-level declaration, with its docstring.
 * @throws Error unless exactly one file of the folder, or of those inside it, declares the name
 */
export function declarationOf(root: string, name: string, folder: string): string {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8"))
    .filter((text) => text.includes(name))
    .flatMap((text) => declarationsIn(text, name));
  if (found.length !== 1) throw new Error(`${found.length} declarations of ${name} in ${folder}, expected 1`);
  return found[0];
}

function declarationsIn(text: string, name: string): string[] {
  const source = ts.createSourceFile("quoted.ts", text, ts.ScriptTarget.Latest, true);
  const declares = (statement: ts.Statement): boolean =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((declared) => declared.name.getText() === name)
      : ts.isFunctionDeclaration(statement) && statement.name?.text === name;
  return source.statements
    .filter(declares)
    .map((statement) => text.slice(statement.getStart(source, true), statement.end));
}
