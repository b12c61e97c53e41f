export { type FetchOptions, fetchFile, type PublishedFile, urlsIn } from "./fetch-file.ts";
