/** The thread of "Step by step": small computations that must not wait for a training. */
import { expose } from "comlink";
import { stepsCalls } from "./steps/steps-calls.ts";

expose(stepsCalls);
