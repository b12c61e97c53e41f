import { describe, expect, it } from "vitest";
import { inForce, readChanges, relabeledAt, withChange, writeChanges } from "./changes.ts";

const START = { rate: 0.1, momentum: 0.9, decay: 0 };

describe("changes by hand", () => {
  it("are the same after writing and reading", () => {
    const text = "0:train3=7,120:rate=0.02,120:decay=1e-7,250:heldOut17=3";
    expect(writeChanges(readChanges(text))).toBe(text);
    expect(readChanges("")).toEqual([]);
  });

  it.each(["rate=1", "5:speed=1", "5:rate=", "5:train=3", "5:rate=-1", "x:rate=1"])("are refused as %s", (text) => {
    expect(() => readChanges(text)).toThrow(`got '${text}'`);
  });

  it("take effect after their step, the last of several", () => {
    const changes = readChanges("10:rate=0.2,20:rate=0.3,20:momentum=0.5");
    expect(inForce(START, changes, 9)).toEqual(START);
    expect(inForce(START, changes, 10)).toEqual({ ...START, rate: 0.2 });
    expect(inForce(START, changes, 20)).toEqual({ rate: 0.3, momentum: 0.5, decay: 0 });
  });

  it("replace what was to come", () => {
    const changes = readChanges("10:rate=0.2,20:rate=0.3,20:decay=0.1,30:rate=0.4");
    const changed = withChange(changes, { step: 20, name: "rate", value: 0.5 });
    expect(writeChanges(changed)).toBe("10:rate=0.2,20:decay=0.1,20:rate=0.5");
  });

  it("set labels of rows", () => {
    const changes = readChanges("5:train3=7,8:heldOut3=1,9:train3=2");
    expect(relabeledAt(changes, 8)).toEqual([
      { part: "train", row: 3, label: 7 },
      { part: "heldOut", row: 3, label: 1 },
    ]);
    expect(relabeledAt(changes, 9)[0]).toEqual({ part: "train", row: 3, label: 2 });
  });
});
