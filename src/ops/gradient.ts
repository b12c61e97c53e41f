/** Differentiation for users: reverse mode with the ops of this room. */
import { reverseMode } from "../graph/index.ts";
import { add } from "./elementwise.ts";

/**
 * The derivatives of a scalar with respect to each tensor, as new graph: `gradient(loss, [weight])[0]`. Zeros where
 * the scalar does not depend on it. The result can be differentiated again.
 */
export const gradient = reverseMode(add);
