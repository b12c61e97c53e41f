/** A sample of the damaged files. All of them: `npm run test:fuzz`. */
import { describe, expect, it } from "vitest";
import { Fuzzer } from "./check.ts";
import { readers } from "./readers.ts";

const FILES = 60;
const SEED = 11;

describe("damaged files are read or refused with an error of ours", () => {
  it.each(Object.keys(readers))("%s", async (name) => {
    const fuzzer = await Fuzzer.of(name, SEED);
    let refused = 0;
    for (let number = 0; number < FILES; number++) {
      const { accepted, failure } = await fuzzer.check(number);
      // Time is not a matter of this test.
      if (failure !== undefined && !/^\d+ ms$/.test(failure)) throw new Error(`file ${number}: ${failure}`);
      if (!accepted) refused++;
    }
    expect(refused).toBeGreaterThan(FILES / 5);
  });
});
