import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { architectures } from "fovea/models";
import { expect, test } from "vitest";
import { LENET } from "../../address/recipe.ts";
import { describeNetwork } from "./describe-network.ts";

const input = [1, 28, 28];

test("each line has the figures of the library's summary", () => {
  const { lines, errors, parameters, multiplyAdds } = describeNetwork(LENET, input, 10);
  const summary = summarize(nn.Model.build(architectures.lenet5({ input, classes: 10 }), { input }));
  expect(errors).toEqual([]);
  expect(lines.map((line) => [line.output, line.parameters, line.multiplyAdds])).toEqual(
    summary.layers.map((row) => [row.output, row.parameters, row.multiplyAdds]),
  );
  expect([parameters, multiplyAdds]).toEqual([summary.parameters, summary.multiplyAdds]);
  expect(lines.map(({ from, to }) => LENET.slice(from, to))).toEqual(LENET.split("\n"));
});

test("an error stands in its line; the lines before keep their shapes, those after have none", () => {
  const text = "conv2d(6, { kernel: 5 })\nflatten()\nconv2d(4, { kernel: 3 })\nlinear(10)";
  const { lines, errors } = describeNetwork(text, input, 10);
  expect(errors).toHaveLength(1);
  expect(errors[0].line).toBe(3);
  expect(errors[0].message).toContain("conv2d (2)");
  expect(lines.map(({ output }) => output)).toEqual([[6, 24, 24], [3456], undefined, undefined]);
});

test("the first layer, too, may be the one that does not fit", () => {
  expect(describeNetwork("conv2d(6, { kernel: 50 })\nflatten()", input, 10).errors[0].line).toBe(1);
});

test("what cannot be read is said beside what does not fit", () => {
  const { lines, errors } = describeNetwork("flatten()\nlinear(0)\nmaxPool2d(2)\nconv(2)", input, 10);
  expect(errors.map(({ line }) => line)).toEqual([2, 4]);
  expect(lines.map(({ line, output }) => [line, output])).toEqual([
    [1, [784]],
    [3, undefined],
  ]);
});

test("a network ends with a score for each class", () => {
  const message = (text: string) => describeNetwork(text, input, 10).errors[0]?.message;
  expect(message("flatten()\nlinear(9)")).toBe(
    "expected a score for each of 10 classes, [10], got [9]; end with linear(10)",
  );
  expect(message("conv2d(4, { kernel: 3 })")).toContain("got [4, 26, 26]; end with flatten() and linear(10)");
  expect(message("flatten()\nlinear(10)")).toBeUndefined();
});

test("layers that take layers count what is inside, named ones too", () => {
  const text = `named("stem", conv2d(8, { kernel: 3, padding: 1 }))
residual(sequential(conv2d(8, { kernel: 3, padding: 1 }), relu()))
globalAvgPool()
linear(10)`;
  const { lines, errors } = describeNetwork(text, input, 10);
  expect(errors).toEqual([]);
  expect(lines.map(({ parameters }) => parameters)).toEqual([80, 584, 0, 90]);
  expect(lines.map(({ output }) => output)).toEqual([[8, 28, 28], [8, 28, 28], [8], [10]]);
  expect(lines.map(({ isNested }) => isNested)).toEqual([false, true, false, false]);
});

test("an architecture has totals, or what it says about the input", () => {
  expect(describeNetwork("lenet5", input, 10)).toMatchObject({ architecture: "lenet5", errors: [], parameters: 61706 });
  expect(describeNetwork("alexnet", [1, 4, 4], 10).errors[0].line).toBe(1);
});

test("options are fields, with what they take in the library's words", () => {
  const { lines } = describeNetwork("conv2d(6, { kernel: 5, padding: 'same' })\nmaxPool2d(2)\ndropout()", input, 10);
  const field = (line: number, name: string) => lines[line].options.find((option) => option.name === name);
  expect(field(0, "filters")).toEqual({ name: "filters", value: 6, place: 0, expects: "an integer of at least 1" });
  expect(field(0, "padding")?.value).toBe("same");
  expect(field(0, "padding")?.expects).toContain("at least 0, or one for each axis, or one of 'valid', 'same', 'full'");
  expect(field(0, "bias")).toEqual({ name: "bias", value: true, place: undefined, expects: "true or false" });
  expect(field(1, "kernel")).toMatchObject({ value: 2, place: 0 });
  expect(field(2, "rate")).toMatchObject({ value: 0.5, expects: "a number from 0 to 1" });
});
