/** Architectures by name: `fovea/models`. */
export * from "../models/public.ts";
