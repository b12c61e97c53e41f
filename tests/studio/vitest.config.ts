import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/studio/*.studio.ts"], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false },
});
