/** Published weights on thousands of pictures, too long for `npm test`: `npm run test:weights`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/weights/*.check.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
