/** Every layer and architecture in ONNX Runtime takes a minute or two: `npm run test:onnx`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["fovea-source"] },
  ssr: { resolve: { conditions: ["fovea-source"], externalConditions: ["fovea-source"] } },
  test: { include: ["tests/onnx/*.check.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});
