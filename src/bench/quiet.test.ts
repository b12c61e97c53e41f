import { describe, expect, it } from "vitest";
import { idleShare, quietMoments } from "./quiet.ts";

describe("waiting for a quiet moment", () => {
  it("goes by the share of time that the cores had nothing to do", () => {
    expect(idleShare({ idle: 100, total: 1000 }, { idle: 130, total: 1120 })).toBe(0.25);
    expect(idleShare({ idle: 100, total: 1000 }, { idle: 100, total: 1000 })).toBe(0);
  });

  it("does not wait when it is not allowed to", async () => {
    await quietMoments(0)();
  });
});
