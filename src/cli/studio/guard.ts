/**
 * Who may ask what. The server listens on loopback, where every program and every page in a browser of this machine could reach it: so a
 * request has to name a loopback host (a name that was rebound to this address is refused), come from the studio's own page, and carry
 * the token that was printed. The token comes once, in the address, and then in a cookie that scripts cannot read.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** Any port: a tunnel may lead from another one. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Scripts of the page itself and its engine's code; workers of the page, also those that it makes of text; nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  // Threads may share memory in a page that is isolated.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export interface GuardOptions {
  readonly token: string;
  /** Distinguishes the cookies of servers on one machine: cookies do not know ports. */
  readonly cookie: string;
}

/** Refuses what is not for the studio, and adds headers to all answers. */
export const guard = (options: GuardOptions): MiddlewareHandler => {
  const isToken = comparedWith(options.token);
  return async (context, next) => {
    const refusal = refusalOf(context) ?? tokenIn(context, isToken, options);
    if (refusal === undefined) await next();
    else context.res = refusal;
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  };
};

/** Compares in a time that does not depend on how much is right. */
function comparedWith(token: string): (given: string) => boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

function refusalOf({ req, text }: Context): Response | undefined {
  const host = req.header("host") ?? "";
  if (!LOOPBACK.test(host)) return text(`This server answers to localhost and 127.0.0.1, not to '${host}'.\n`, 421);
  const origin = req.header("origin");
  const site = req.header("sec-fetch-site") ?? "none";
  const isVisit = req.header("sec-fetch-mode") === "navigate" && req.header("sec-fetch-dest") === "document";
  const isOwn = (origin === undefined || origin === `http://${host}`) && /^(same-origin|none)$/.test(site);
  if (!isOwn && !(isVisit && origin === undefined)) return text("This server answers to its own page only.\n", 403);
  const hasBody = Number(req.header("content-length") ?? 0) !== 0 || req.header("transfer-encoding") !== undefined;
  if (hasBody) return text("This server takes no bodies.\n", 413, { connection: "close" });
  if (req.method === "GET") return undefined;
  return text(`This server knows GET, not ${req.method}.\n`, 405, { allow: "GET", connection: "close" });
}

function tokenIn(context: Context, isToken: (given: string) => boolean, { token, cookie }: GuardOptions) {
  const given = context.req.path === "/" ? context.req.query("token") : undefined;
  if (given !== undefined && isToken(given)) {
    setCookie(context, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
    return context.redirect("/", 303);
  }
  if (given === undefined && isToken(getCookie(context, cookie) ?? "")) return undefined;
  return context.text("Open the address that fovea studio has printed: it has the token that is missing here.\n", 401);
}
