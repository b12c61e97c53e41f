/** The recipes take too long for `npm test`: `npm run test:recipes`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/recipes/*.check.ts"], testTimeout: 120_000 },
});
