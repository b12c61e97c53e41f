import fc from "fast-check";
import { nn } from "fovea";
import { expect, test } from "vitest";
import { layerNames } from "./layer-makers.ts";
import { networkOf, readLines, readNetwork } from "./read-network.ts";
import { NetworkTextError } from "./text-error.ts";

const jsonOf = (text: string) => JSON.parse(JSON.stringify(networkOf(readNetwork(text), [1, 28, 28], 10)));
const problemOf = (text: string): NetworkTextError => {
  try {
    readNetwork(text);
  } catch (error) {
    if (error instanceof NetworkTextError) return error;
    throw error;
  }
  throw new Error(`no error in ${text}`);
};

test("a text gives the layers that a program gives", () => {
  const { conv2d, flatten, linear, maxPool2d, tanh } = nn;
  const text = `conv2d(6, { kernel: 5, padding: 2 }) // first
tanh(); maxPool2d([2, 2]), nn.flatten()
linear(10, { "bias": false }),
`;
  const program = nn.sequential(
    ...[conv2d(6, { kernel: 5, padding: 2 }), tanh(), maxPool2d([2, 2]), flatten(), linear(10, { bias: false })],
  );
  expect(jsonOf(text)).toEqual(JSON.parse(JSON.stringify(program)));
});

test("layers take layers, one by one or by name", () => {
  const { branches, conv2d, flatten, linear, named, parallel, relu, residual, sequential } = nn;
  const text = `residual(sequential(conv2d(8, { kernel: 3, padding: 1 }), relu()), conv2d(8, { kernel: 1 }))
branches({ a: conv2d(4, { kernel: 1 }), b: conv2d(4, { kernel: 3, padding: 'same' }) }, { combine: "add" })
parallel(relu(), named("other", relu()))
sequential({ features: flatten(), classifier: linear(10) })`;
  const program = sequential(
    residual(sequential(conv2d(8, { kernel: 3, padding: 1 }), relu()), conv2d(8, { kernel: 1 })),
    branches({ a: conv2d(4, { kernel: 1 }), b: conv2d(4, { kernel: 3, padding: "same" }) }, { combine: "add" }),
    parallel(relu(), named("other", relu())),
    sequential({ features: flatten(), classifier: linear(10) }),
  );
  expect(jsonOf(text)).toEqual(JSON.parse(JSON.stringify(program)));
});

test("filters in all turns take what makes the turns", () => {
  expect(jsonOf("transformConv2d(4, { kernel: 3, transforms: turns(4) })").type).toBe("sequential");
});

test("the name of an architecture stands for it", () => {
  expect(readNetwork("  lenet5\n")).toEqual({ architecture: "lenet5" });
  expect(problemOf("lenet6").message).toMatch("'lenet6' is no architecture; did you mean lenet5");
});

const wrong: readonly (readonly [text: string, line: number, message: string])[] = [
  ["tanh()\nconv2(6)", 2, "there is no layer 'conv2'; did you mean conv2d"],
  ["tanh()\n\nconv2d(6, { kernal: 5 })", 3, "conv2d: there is no option 'kernal'; did you mean kernel"],
  ["conv2d(0, { kernel: 5 })", 1, "conv2d: filters must be an integer of at least 1, got 0"],
  ["", 1, "a network has at least one layer"],
  ["tanh", 1, "'tanh' is no architecture"],
  ["flatten() tanh", 1, "tanh: a layer is called, tanh()"],
  ["turns(4)", 1, "expected a layer"],
  ["linear(1e999)", 1, "1e999: a number must be finite"],
  ["linear(10n)", 1, "10n: expected a number"],
  ["linear(/a/)", 1, "/a/: expected a number"],
  ["linear(null)", 1, "null: expected a number"],
  ["linear(5 + 5)", 1, "5 + 5: expected a layer, a number"],
  ["linear(-'a')", 1, "expected a number after -"],
  ["linear(10, { get bias() { return 1 } })", 1, "a record is written"],
  ["linear(10, { ['bias']: true })", 1, "a record is written"],
  ["linear(10, { bias: true, bias: true })", 1, "'bias' stands twice"],
  ["linear(...[10])", 1, "...[10]: expected"],
  ["new linear(10)", 1, "expected a layer"],
  ["crossEntropy()", 1, "there is no layer 'crossEntropy'"],
  ["conv2d(6, {\n  kernel: [5,,5] })", 2, "a gap"],
  ["relu(\n", 2, "Unexpected token"],
  ["nn.nn.relu()", 1, "there is no layer"],
];

test.each(wrong)("%j is refused in line %i: %s", (text, line, message) => {
  const problem = problemOf(text);
  expect(problem.message).toContain(message);
  expect(problem.line).toBe(line);
});

test("names that objects have are no names in a text", () => {
  for (const name of ["__proto__", "constructor", "prototype"]) {
    expect(problemOf(`linear(10, { ${name}: { polluted: true } })`).message).toContain("not a name");
    expect(problemOf(`sequential({ "${name}": relu() })`).message).toContain("not a name");
    expect(problemOf(`${name}()`).message).toContain("no layer");
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("what is large or nested deeply is refused at once", () => {
  const start = performance.now();
  expect(problemOf("relu()\n".repeat(5000)).message).toContain("the limit is 20000");
  expect(problemOf("relu()".repeat(1100)).message).toContain("at most 1000 layers");
  expect(problemOf(`linear(${"[".repeat(5000)}`).message).toContain("nested more than");
  expect(problemOf(`linear(${"-".repeat(1)}${"- ".repeat(9000)}1)`)).toBeInstanceOf(NetworkTextError);
  expect(problemOf(`linear(${"1?".repeat(6000)}`)).toBeInstanceOf(NetworkTextError);
  expect(performance.now() - start).toBeLessThan(5000);
});

test("reading goes on after a layer that is wrong", () => {
  const { lines, errors } = readLines("tanh()\nconv2(6)\nrelu()\nlinear(0)\nflatten()");
  expect(lines.map(({ line }) => line)).toEqual([1, 3, 5]);
  expect(errors.map(({ line }) => line)).toEqual([2, 4]);
});

/** Reads, and gives whether it was a network; anything but a `NetworkTextError` fails the property. */
function reads(text: string): boolean {
  try {
    readNetwork(text);
    return true;
  } catch (error) {
    if (error instanceof NetworkTextError) return false;
    throw error;
  }
}

const key = fc.constantFrom("kernel", "stride", "padding", "__proto__", "constructor", "layers", "type", "toString");
const { value } = fc.letrec<{ value: string; record: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.double().map(String), fc.integer().map(String), fc.constantFrom("'same'", "true", "undefined", "null")),
    fc
      .tuple(fc.constantFrom(...layerNames, "turns", "scaled"), fc.array(tie("value"), { maxLength: 3 }))
      .map(([name, values]) => `${name}(${values.join(", ")})`),
    fc.array(tie("value"), { maxLength: 3 }).map((values) => `[${values.join(", ")}]`),
    tie("record"),
  ),
  record: fc
    .array(fc.tuple(key, tie("value")), { maxLength: 3 })
    .map((entries) => `{ ${entries.map(([name, one]) => `${name}: ${one}`).join(", ")} }`),
}));

test("no text does more than give a network or a NetworkTextError", () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 });
  fc.assert(fc.property(units, (codes) => void reads(String.fromCharCode(...codes))));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."()[]{},:'\"`-.0123ne \n/*$"), maxLength: 300 }), (text) => {
      reads(`relu(${text}`);
    }),
    { numRuns: 500 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("no call of a layer does more", () => {
  fc.assert(
    fc.property(fc.constantFrom(...layerNames), fc.array(value, { maxLength: 3 }), (name, values) => {
      reads(`${name}(${values.join(", ")})`);
    }),
    { numRuns: 2000 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});
