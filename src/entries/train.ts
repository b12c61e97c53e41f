/** The training loop, tasks, evaluation, metrics and run folders: `fovea/train`. */
export * from "../train/public.ts";
