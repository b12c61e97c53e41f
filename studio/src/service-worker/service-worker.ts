/**
 * Adds the headers of cross-origin isolation to what a host sends without them, so that threads may share memory. It answers with what
 * the network gives, keeps nothing, and leaves requests to other hosts alone.
 */

/** What of a service worker's scope is used here; the types of pages do not have it. */
interface Scope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate" | "fetch", listener: (event: ScopeEvent) => void): void;
}

interface ScopeEvent extends Event {
  readonly request: Request;
  waitUntil(done: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as Scope;

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

scope.addEventListener("install", () => void scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  // A browser's own cache check, which only it can answer.
  const isCheck = request.cache === "only-if-cached" && request.mode !== "same-origin";
  if (new URL(request.url).origin === location.origin && !isCheck) event.respondWith(isolated(request));
});

async function isolated(request: Request): Promise<Response> {
  const response = await fetch(request);
  // Responses without a status are opaque, and cannot be made anew.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
