export { type DetectorOptions, detector } from "./detector.ts";
