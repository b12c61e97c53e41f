/**
 * Where downloads are kept: FOVEA_CACHE when it is set, else a folder `fovea` where the system keeps caches.
 * On Linux that is $XDG_CACHE_HOME or ~/.cache, and a relative XDG_CACHE_HOME counts as not set.
 * Source: freedesktop.org, "XDG Base Directory Specification".
 */
import { posix, win32 } from "node:path";

export interface Machine {
  readonly system: string;
  readonly home: string;
  readonly environment: (name: string) => string | undefined;
}

export function cacheFolderOf({ system, home, environment }: Machine): string {
  const chosen = environment("FOVEA_CACHE");
  if (chosen !== undefined) return chosen;
  if (system === "win32")
    return win32.join(environment("LOCALAPPDATA") ?? win32.join(home, "AppData", "Local"), "fovea");
  if (system === "darwin") return posix.join(home, "Library", "Caches", "fovea");
  const base = environment("XDG_CACHE_HOME");
  return posix.join(base !== undefined && posix.isAbsolute(base) ? base : posix.join(home, ".cache"), "fovea");
}
