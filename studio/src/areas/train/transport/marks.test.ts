import { expect, it } from "vitest";
import { labeledEpochs, nearest, neighbor } from "./marks.ts";

const kept = [0, 1, 2].map((epoch) => ({ epoch, step: 0 })).concat({ epoch: 2, step: 5 });

it("finds the nearest kept moment", () => {
  expect(nearest(kept, 1.4, 10)).toEqual({ epoch: 1, step: 0 });
  expect(nearest(kept, 9, 10)).toEqual({ epoch: 2, step: 5 });
});

it("finds the kept moments before and after a place", () => {
  expect(neighbor(kept, 1.4, 10, -1)).toEqual({ epoch: 1, step: 0 });
  expect(neighbor(kept, 1, 10, -1)).toEqual({ epoch: 0, step: 0 });
  expect(neighbor(kept, 2, 10, 1)).toEqual({ epoch: 2, step: 5 });
  expect(neighbor(kept, 0, 10, -1)).toBeUndefined();
});

it("writes epochs at round distances", () => {
  expect(labeledEpochs(6)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(labeledEpochs(40)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
});
