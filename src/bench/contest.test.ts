import { describe, expect, it } from "vitest";
import { type Contestant, compete, repeat } from "./contest.ts";

/** A contestant whose runs are said to take so long; whoever runs writes its name into `diary`. */
const pretend = (by: string, time: number, diary: string[] = []): Contestant => ({
  by,
  threads: 1,
  run: async (milliseconds) => {
    diary.push(by);
    return Array.from({ length: Math.max(1, Math.floor(milliseconds / time)) }, () => time);
  },
});

describe("a contest", () => {
  it("lets contestants warm up and then take turns, in alternating order", async () => {
    const diary: string[] = [];
    const outcomes = await compete([pretend("a", 1, diary), pretend("b", 2, diary)], 200);
    expect(diary.join("")).toBe(`ab${"abba".repeat(5)}`);
    expect(outcomes.map(({ contestant: { by }, rounds }) => [by, rounds.length])).toEqual([
      ["a", 10],
      ["b", 10],
    ]);
  });

  it("gives equal shares: whoever takes long misses turns, but not the first, fifth and ninth", async () => {
    const [quick, slow] = await compete([pretend("quick", 1), pretend("slow", 90)], 200);
    expect(quick.rounds.flat()).toHaveLength(200);
    const took = slow.rounds.map((times) => times.length);
    expect(took).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
  });

  it("takes a very slow contestant's first run as its measurement", async () => {
    const diary: string[] = [];
    const [slow] = await compete([pretend("slow", 5000, diary)], 200);
    expect(slow.rounds).toEqual([[5000]]);
    expect(diary).toEqual(["slow"]);
  });
});

describe("a contestant that gives up", () => {
  it("leaves the contest to the others", async () => {
    let turns = 0;
    const quitter: Contestant = {
      ...pretend("quitter", 1),
      run: async () => {
        if (turns++ === 2) throw new Error("out of memory");
        return [1];
      },
    };
    const [gone, stayed] = await compete([quitter, pretend("other", 1)], 200);
    expect([gone.failure, turns]).toEqual(["out of memory", 3]);
    expect([stayed.failure, stayed.rounds.length]).toEqual([undefined, 10]);
  });
});

describe("repeating", () => {
  it("runs once at least", async () => {
    let runs = 0;
    expect(await repeat(() => void runs++, 0)).toHaveLength(1);
    expect(runs).toBe(1);
  });
});
