/** All networks against PyTorch, too long for `npm test`: `npm run test:models`. */
import { defineConfig } from "vitest/config";

const conditions = ["fovea-source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["tests/models/*.check.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
