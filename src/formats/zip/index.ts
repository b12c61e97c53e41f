export { writeZip } from "./write-zip.ts";
export { ZipArchive } from "./zip.ts";
export type { ZipEntry } from "./zip-directory.ts";
