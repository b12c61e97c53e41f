/** All networks against PyTorch, too long for `npm test`: `npm run test:models`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/models/*.check.ts"], testTimeout: 120_000, maxWorkers: 1 },
});
