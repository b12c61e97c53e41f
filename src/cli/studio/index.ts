export { whatIsNamed } from "./named.ts";
export { openBrowser } from "./open-browser.ts";
export { findPage } from "./page-files.ts";
export { serveStudio } from "./serve.ts";
