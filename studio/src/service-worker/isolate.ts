/** Asks for a service worker that isolates the page, where its host does not. */

/** Remembers in this tab that the page was loaded again; if that did not help, it stays as it is. */
const KEY = "fovea-isolation";

/** Loads the page once more when the service worker has taken over. Does nothing where there are none, as in a file. */
export async function isolate(): Promise<void> {
  const isServed = location.protocol === "https:" || location.protocol === "http:";
  if (globalThis.crossOriginIsolated || !isServed || !("serviceWorker" in navigator)) return;
  try {
    if (sessionStorage.getItem(KEY) !== null) return;
    const { serviceWorker } = navigator;
    await serviceWorker.register(new URL("service-worker.js", document.baseURI));
    await serviceWorker.ready;
    sessionStorage.setItem(KEY, "loaded again");
    location.reload();
  } catch {
    // A host or a browser that forbids it: the page works, with one thread.
  }
}
