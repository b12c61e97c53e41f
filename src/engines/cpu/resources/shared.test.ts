import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Shared } from "./shared.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const task = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

it("a value is shared by its holders, and ends with the last of them", async () => {
  const ended: string[] = [];
  const shared = new Shared<string, { readonly name: string }>();
  const get = (name: string) => shared.get(name, () => ({ value: { name }, end: () => void ended.push(name) }));
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await task();
      collect();
    }
  };
  const holders: unknown[] = [get("a"), get("a"), get("b")];
  expect(holders[0]).toBe(holders[1]);
  expect(holders[0]).not.toBe(holders[2]);
  holders.pop();
  await settle();
  expect(ended).toEqual(["b"]);
  expect(get("a")).toBe(holders[0]);
  holders.length = 0;
  await settle();
  expect(ended).toEqual(["b", "a"]);
  expect(get("a").name).toBe("a");
});
