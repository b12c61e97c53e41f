export { deduplicate } from "./deduplicate.ts";
export { eliminateDead } from "./eliminate-dead.ts";
export { expand } from "./expand.ts";
export { type OptimizeOptions, optimize, type PassReport } from "./optimize.ts";
export { type Pass, type Replacement, rewrite } from "./pass.ts";
export { simplify } from "./simplify.ts";
