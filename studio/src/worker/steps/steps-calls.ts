/** What the worker of "Step by step" does when it is called. */
import type { StepsCalls } from "./api.ts";
import { compute, curve, scattered } from "./compute.ts";
import { fieldOf, networkFields, stack } from "./fields.ts";
import { filterFrame, kernelsByName } from "./filter-frame.ts";

export const stepsCalls: StepsCalls = {
  compute,
  scattered,
  curve,
  stack,
  networkFields,
  fieldOf,
  kernels: kernelsByName,
  filter: filterFrame,
};
