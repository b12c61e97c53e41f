import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { vgg11 } from "../models/index.ts";
import { architectureOf, createNetwork, networkList, networkNames, networks } from "./networks.ts";
import { specificationKind } from "./specification.ts";

const given = { input: [3, 64, 64], classes: 10 };

describe("a network on the command line", () => {
  it("is made from a name and the options of its family", () => {
    const expected = vgg11({ ...given, dropout: 0.3 });
    expect(JSON.stringify(createNetwork("vgg11:dropout=0.3", given))).toBe(JSON.stringify(expected));
    expect(architectureOf("vgg11:dropout=0.3")).toBe(vgg11);
  });

  it.each([
    ["vgg12", "There is no 'vgg12'; did you mean vgg11 or vgg13 or vgg16 or vgg19?"],
    ["vgg11:drop=0.3", "vgg11: there is no option 'drop'; known: input, classes, dropout"],
    ["vgg11:dropout=3", "vgg11: dropout must be a number from 0 to 1, got 3"],
    ["vgg11:classes=3", "vgg11: classes is no option here; the data, or a flag, say it"],
  ])("is refused as %s", (text, message) => {
    expect(() => createNetwork(text, given)).toThrow(new OptionError(message));
    expect(specificationKind(networks).read(text)).toBeUndefined();
  });

  it("is listed with its options, in help", () => {
    expect(networkList()).toMatch(/^ {2}vgg11 +VGG A .*\(dropout\)$/m);
    expect(networkNames()).toMatch(/\bresnet20, resnet32,/);
    expect(
      Math.max(
        ...networkNames()
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(120);
  });
});
