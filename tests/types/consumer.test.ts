/** The declarations that are published, as a strict project sees them: every one of them is checked as well. */
import { resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

it("compiles where undefined options and options that are left out are told apart", () => {
  const program = ts.createProgram([resolve(import.meta.dirname, "consumer.ts")], options);
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName ?? ""}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
  expect(complaints).toEqual([]);
}, 60_000);
