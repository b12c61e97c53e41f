import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["fovea-source"] },
  ssr: { resolve: { conditions: ["fovea-source"], externalConditions: ["fovea-source"] } },
  test: { include: ["src/**/*.test.ts", "tests/**/*.test.ts"], testTimeout: 60_000, maxWorkers: "100%" },
});
