import { describe, expect, it } from "vitest";
import { settingsOf, valuesIn } from "../../address/address.ts";
import { operationNames, operations } from "./operations/operations.ts";
import { readPicture, toUnit, writePicture } from "./picture.ts";
import { questionsOf } from "./questions.ts";
import { readChosen, sceneOf, writeChosen } from "./scene.ts";
import { beginningOf, fieldsOf, hiddenIn } from "./settings.ts";

describe("settings in the address", () => {
  it.each(operationNames)("%s: each question comes back as it was", (operation) => {
    const fields = fieldsOf(operation);
    for (const change of Object.values(questionsOf(operation))) {
      const settings = { ...beginningOf(operation), ...change };
      expect(valuesIn(fields, settingsOf(fields, settings))).toEqual(settings);
    }
  });

  it("refuses what is out of range", () => {
    const { kernel, stride, grid } = valuesIn(fieldsOf("convolution"), { kernel: "99", stride: "1.5", grid: "none" });
    expect([kernel, stride, grid]).toEqual([3, 1, "letter"]);
  });

  it("hides by name", () => {
    expect([...hiddenIn({ hide: "options,equation," })]).toEqual(["options", "equation"]);
    expect([...hiddenIn({})]).toEqual([]);
  });
});

describe("a chosen number", () => {
  const { layout } = sceneOf("convolution", beginningOf("convolution"));
  it("has an address", () => {
    expect(writeChosen({ of: "w", index: 5 }, layout)).toBe("w-0-0-1-2");
    expect(readChosen("w-0-0-1-2", layout)).toEqual({ of: "w", index: 5 });
  });

  it.each(["", "y", "y-0-5-0", "z-0-0-0", "y-0--1-0", "y-0-1.5-0"])("is none: '%s'", (text) => {
    expect(readChosen(text, layout)).toBeUndefined();
  });
});

it("every question has meetings for every output", () => {
  for (const operation of operationNames)
    for (const change of Object.values(questionsOf(operation))) {
      const scene = sceneOf(operation, { ...beginningOf(operation), ...change });
      expect(scene.meetings.length).toBeGreaterThan(0);
      expect(Math.max(...scene.meetings.map(({ y }) => y))).toBeLessThan(
        scene.layout.y.reduce((product, n) => product * n, 1),
      );
    }
  expect(Object.keys(operations)).toEqual([...operationNames]);
});

it("a picture comes back from the address, with two digits", () => {
  const bytes = Uint8Array.from({ length: 768 }, (_, i) => (i * 7) % 256);
  expect(readPicture(writePicture(bytes))).toEqual(bytes);
  expect(writePicture(bytes)).toMatch(/^[\w-]+$/);
  expect(readPicture("!")).toEqual(new Uint8Array(0));
  expect(toUnit(128)).toBe(0.5);
});
