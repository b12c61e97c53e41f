import { describe, expect, it } from "vitest";
import { toCsv } from "../../parts/export/csv.ts";
import { confusionTable, epochTable, stepTable } from "./tables.ts";

describe("the run's numbers as tables", () => {
  it("have a column for each figure, in steps and in epochs", () => {
    const curve = [{ at: 0.5, figures: { loss: 2, accuracy: 0.25 }, gradientNorm: 3 }];
    expect(toCsv(stepTable(curve))).toBe("epoch,loss,accuracy,gradient norm\r\n0.5,2,0.25,3\r\n");
    const epochs = [{ epoch: 1, training: { loss: 1 }, validation: { loss: 2, accuracy: 0.5 }, seconds: 4 }];
    expect(toCsv(epochTable(epochs))).toBe(
      "epoch,training loss,held out loss,held out accuracy,seconds\r\n1,1,2,0.5,4\r\n",
    );
    expect(toCsv(epochTable([]))).toBe("epoch,seconds\r\n");
  });

  it("name classes in rows and columns", () => {
    expect(
      toCsv(
        confusionTable(
          [
            [3, 1],
            [0, 2],
          ],
          ["cat", "dog"],
        ),
      ),
    ).toBe("labeled,cat,dog\r\ncat,3,1\r\ndog,0,2\r\n");
  });
});
