export { describeExpected, isExpected } from "./checksum.ts";
export { type FetchOptions, fetchFile, type PublishedFile, urlsIn } from "./fetch-file.ts";
