/** Architectures by name: `fovea/models`. */
export { type Architecture, architectures, lenet5, torchTutorial } from "../models/index.ts";
