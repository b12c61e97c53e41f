import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { flag, integer, optional, real, sizes, withDefault, word } from "../options/index.ts";
import { fitSchema } from "../train/settings.ts";
import { libraryOption, readerOf } from "./library-options.ts";
import { classificationTask } from "./train-tasks/classification.ts";
import { resolveConfig } from "./train-tasks/index.ts";

describe("a word, as the library reads the option", () => {
  it.each([
    [integer(1), "12", 12],
    [real(0, 1), "2.5e-1", 0.25],
    [sizes(1), "2,1", [2, 1]],
    [word("l1", "l2"), "l2", "l2"],
  ])("%# %s", (kind, text, value) => {
    expect(readerOf<unknown>(kind)(text)).toEqual(value);
  });

  it.each([
    [integer(1), "0", "an integer of at least 1"],
    [integer(1), "", "an integer of at least 1"],
    [real(0), "fast", "a number of at least 0"],
    [real(0), "Infinity", "a number of at least 0"],
    [word("l1", "l2"), "l3", "one of 'l1', 'l2'"],
  ])("%# refuses %s", (kind, text, expected) => {
    expect(() => readerOf<unknown>(kind)(text)).toThrow(new InvalidArgumentError(`Expected ${expected}.`));
  });
});

describe("an option of the library on the command line", () => {
  it("has no value where it is not given, and the library's default in its help", () => {
    const option = libraryOption({ flag: "--k <k>", about: "how much", kind: withDefault(real(0), 0.04) });
    expect(option.defaultValue).toBeUndefined();
    expect(option.description).toBe("how much (default: 0.04)");
  });

  it("has no default in its help where there is none, or where it is off", () => {
    expect(libraryOption({ flag: "--count <n>", about: "at most", kind: optional(integer(1)) }).description).toBe(
      "at most",
    );
    expect(libraryOption({ flag: "--mutual", about: "both", kind: withDefault(flag(), false) }).description).toBe(
      "both",
    );
    expect(
      libraryOption({ flag: "--count <n>", about: "at most", kind: optional(integer(1)), absent: "all" }).description,
    ).toBe("at most (default: all)");
  });
});

it("the command line has the defaults of `fit`, where both have the option", () => {
  const config = resolveConfig(classificationTask, {});
  for (const name of ["epochs", "batch", "accumulate"] as const) expect(config[name]).toBe(fitSchema[name].fallback);
});
