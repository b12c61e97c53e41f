/** Optimizers and schedules: `optim` of the main entry. */
export * from "../optim/public.ts";
