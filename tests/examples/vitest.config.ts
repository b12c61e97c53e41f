/** The examples of tasks train for minutes, too long for `npm test`: `npm run test:examples`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/examples/*.check.ts"], testTimeout: 300_000 },
});
