import { describe, expect, it } from "vitest";
import { tableOfMap, toCsv } from "./csv.ts";

describe("tables as CSV", () => {
  it("have quotes where they need them, and numbers that read back", () => {
    const rows = [
      ["plain", 0.1, undefined],
      ['a "quote", and a comma', 1e-7, "line\nbreak"],
    ];
    expect(toCsv({ columns: ["name", "value", "note"], rows })).toBe(
      'name,value,note\r\nplain,0.1,\r\n"a ""quote"", and a comma",1e-7,"line\nbreak"\r\n',
    );
  });

  it("hold no formulas", () => {
    expect(toCsv({ columns: ["class"], rows: [["=1+1"], ["-a"], [-1]] })).toBe("class\r\n'=1+1\r\n'-a\r\n-1\r\n");
  });

  it("have a row for each row of a map", () => {
    expect(toCsv(tableOfMap([1, 2, 3, 4, 5, 6], [2, 3]))).toBe("row,0,1,2\r\n0,1,2,3\r\n1,4,5,6\r\n");
  });
});
