import { createRequire } from "node:module";

/** The version of the package that this file belongs to. */
export const version: string = createRequire(import.meta.url)("fovea/package.json").version;
