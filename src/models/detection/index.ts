export { type ClassAndBoxOptions, classAndBox } from "./class-and-box.ts";
export { type DetectorOptions, detector } from "./detector.ts";
