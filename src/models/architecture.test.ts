import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { architectures, defineArchitecture, mobilenet_v2, mobilenet_v3_small, mobilenetv1_025 } from "./index.ts";

const tiny = defineArchitecture({
  name: "tiny",
  summary: "a linear classifier",
  input: [1, 4, 4],
  classes: 3,
  options: { rate: withDefault(real(0, 1), 0.5) },
  network: ({ input, classes, rate }) =>
    nn.sequential(nn.flatten(), nn.dropout(rate), nn.linear(classes), nn.rescale(input[1])),
});

describe("an architecture", () => {
  it("is a function of its options that gives a layer", () => {
    expect(JSON.stringify(tiny())).toBe(JSON.stringify(tiny({ input: [1, 4, 4], classes: 3, rate: 0.5 })));
    const { layers } = JSON.parse(JSON.stringify(tiny({ classes: 7, input: [3, 8, 8], rate: 0 })));
    expect(layers).toMatchObject([{}, { layer: { rate: 0 } }, { layer: { units: 7 } }, { layer: { factor: 8 } }]);
  });

  it("says what it is and what it takes", () => {
    const { name, summary, input, classes, optionNames } = tiny;
    expect({ name, summary, input, classes, optionNames }).toEqual({
      name: "tiny",
      summary: "a linear classifier",
      input: [1, 4, 4],
      classes: 3,
      optionNames: ["input", "classes", "rate"],
    });
    expect(tiny.options.rate).toMatchObject({ fallback: 0.5 });
  });

  it.each<[object, string]>([
    [{ input: [28, 28] }, "tiny: input must be the shape of one picture, [channels, height, width], got [28,28]"],
    [{ classes: 0 }, "tiny: classes must be an integer of at least 1, got 0"],
    [{ class: 2 }, "tiny: there is no option 'class'; did you mean classes?"],
  ])("refuses %j", (given, message) => {
    expect(() => tiny(given)).toThrow(new OptionError(message));
  });
});

it.each(Object.entries(architectures))("%s is listed under its name, and says in a line what it is", (key, about) => {
  expect(about.name).toBe(key);
  expect(about.summary).toMatch(/^\S.{20,100}$/);
});

describe.each([mobilenetv1_025, mobilenet_v2, mobilenet_v3_small])("the padding of $name", (network) => {
  /** What convolutions with kernels larger than 1×1 have: half of the kernel, and the padding. */
  const paddings = (padding?: "half" | "same"): [number, unknown][] => {
    const found: [number, unknown][] = [];
    JSON.stringify(network({ padding }), (_, value) => {
      if (value?.type === "conv2d" && value.kernel > 1) found.push([(value.kernel - 1) / 2, value.padding]);
      return value;
    });
    return found;
  };

  it("is half of the kernel, as in PyTorch, unless TensorFlow's is asked for", () => {
    const [half, same] = [paddings(), paddings("same")];
    expect(half.length).toBeGreaterThan(10);
    expect(half.filter(([ofKernel, padding]) => padding !== ofKernel)).toEqual([]);
    expect(same).toEqual(half.map(([ofKernel]) => [ofKernel, "same"]));
  });

  it("is one of two words", () => {
    expect(() => network({ padding: "valid" as "same" })).toThrow(/padding must be one of .half., .same., got "valid"/);
  });
});
