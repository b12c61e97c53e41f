/** Digits that are drawn here. */
import { digits as drawDigits } from "fovea/data";
import type { Source } from "./source.ts";

export const digits: Source = async ({ limit }) => drawDigits({ train: limit, test: 1 }).train;
