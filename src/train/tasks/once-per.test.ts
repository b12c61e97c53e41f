import { expect, it } from "vitest";
import { oncePer } from "./once-per.ts";

it("measures once for each object, also where the result is undefined", () => {
  const asked: number[] = [];
  const measure = oncePer(({ n }: { readonly n: number }, factor: number) => {
    asked.push(n);
    return n === 0 ? undefined : n * factor;
  });
  const [none, three] = [{ n: 0 }, { n: 3 }];
  expect([measure(none, 2), measure(three, 2), measure(none, 2), measure(three, 2)]).toEqual([
    undefined,
    6,
    undefined,
    6,
  ]);
  expect(measure({ n: 3 }, 5)).toBe(15);
  expect(asked).toEqual([0, 3, 3]);
});
