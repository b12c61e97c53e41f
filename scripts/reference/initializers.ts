/** Initializers: the rules, their options, what the file says about them. */
import { initializerNames, initializerRules } from "../../src/nn/initializers.ts";
import { source } from "./entries.ts";
import { fileLink, functionList, show, typeList, valueList } from "./functions.ts";
import { groupsOf } from "./groups.ts";
import { blocks, heading, line, page, prose, table, word } from "./markdown.ts";

const FILE = "src/nn/initializers.ts";

export function initializersPage(): string {
  const exported = groupsOf(
    source()
      .exportsOf("src/entries/nn.ts")
      .filter(({ file }) => file === FILE),
  );
  return page(
    heading(1, "Initializers"),
    'Initial values of parameters, as an option of layers: `nn.linear(10, { initializer: "heNormal" })`, or with options, ' +
      '`{ type: "normal", deviation: 0.01 }`. A name alone is enough if all options have defaults.',
    prose(source().headerOf(FILE)),
    `In ${fileLink(FILE)}.`,
    table(["name", "name alone", "options", "values"], rows()),
    blocks(
      heading(2, "In custom layers"),
      "`scope.parameter(name, shape, initial)` takes any of them, and functions `(shape, random) => NdArray`; `nn.initializerOption(fallback)` " +
        "is the kind of option for a layer's schema.",
      ...exported.flatMap(({ functions, values, types }) => [
        functionList(functions),
        valueList(values ?? []),
        typeList(types ?? []),
      ]),
    ),
  );
}

function rows(): string[][] {
  const texts = source().rowsOf(FILE, "initializerRules");
  return Object.entries(initializerRules).map(([name, { options }]) => [
    word(name),
    initializerNames.some((alone) => alone === name) ? "yes" : "no",
    Object.entries(options)
      .map(
        ([option, kind]) =>
          `${word(option)}: ${kind.expects}${"fallback" in kind ? `, default ${show(kind.fallback)}` : ""}`,
      )
      .join("; "),
    line(texts.get(name) ?? ""),
  ]);
}
