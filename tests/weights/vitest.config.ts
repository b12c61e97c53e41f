/** Published weights on thousands of pictures, too long for `npm test`: `npm run test:weights`. */
import { defineConfig } from "vitest/config";

const conditions = ["fovea-source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["tests/weights/*.check.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
