/** Finding and starting Chromium, or a browser made of it. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Names a browser that lies elsewhere. */
const VARIABLE = "FOVEA_CHROMIUM";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser's path. @throws Error where `FOVEA_CHROMIUM` names a file that is not there */
function findChromium(): string | undefined {
  const chosen = process.env[VARIABLE];
  if (!chosen) return [...USUAL_PLACES, chromium.executablePath()].find((path) => existsSync(path));
  if (!existsSync(chosen)) throw new Error(`${VARIABLE} is ${chosen}, where there is no file`);
  return chosen;
}

/** The browser's path for a file of tests, which says that it skips them where there is none. */
export function findOrSkip(): string | undefined {
  const path = findChromium();
  if (path === undefined) {
    console.warn(`SKIPPED: no Chromium was found. Install one, or name the program in ${VARIABLE}.`);
  }
  return path;
}

/** Without a window, without calls to the network, and with a profile of its own that is removed when it is closed. */
export const startChromium = (path: string): Promise<Browser> =>
  chromium.launch({
    executablePath: path,
    headless: true,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
