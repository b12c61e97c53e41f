/** Builds the studio into `dist/studio`: a static site that any web host can serve, and that `fovea studio` serves. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { aliases, pathOf } from "./build/library.ts";

/** The one file whose name is part of its meaning: a service worker is responsible for the folder that it lies in. */
const SERVICE_WORKER = "service-worker";

export default defineConfig({
  root: pathOf("studio"),
  // Relative addresses, so that the site works in any folder of any host.
  base: "./",
  plugins: [svelte()],
  resolve: { alias: aliases },
  worker: { format: "es" },
  build: {
    ...{ outDir: pathOf("dist/studio"), emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 2000 },
    rolldownOptions: {
      input: {
        index: pathOf("studio/index.html"),
        [SERVICE_WORKER]: pathOf("studio/src/service-worker/service-worker.ts"),
      },
      output: {
        entryFileNames: ({ name }) => (name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
