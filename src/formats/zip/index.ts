export { writeZip } from "./write-zip.ts";
export { UNPACKED_LIMIT, ZipArchive } from "./zip.ts";
export type { ZipEntry } from "./zip-directory.ts";
