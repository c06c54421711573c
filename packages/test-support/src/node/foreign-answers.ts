import { gzipSync } from "node:zlib";

/** An answer that comes from something between a client and its server, or from another program at its address. */
export interface ForeignAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * `"cut"`: the connection is lost within the body. `"slow"`: each byte of the body takes a while. `"never"`: the body
   * is repeated until the client has enough.
   */
  readonly end?: "cut" | "slow" | "never";
}

const HTML = { "content-type": "text/html; charset=utf-8" };
const PAGE = "<!doctype html><title>Sign in</title><p>Please sign in to this network.</p>";

function page(status: number, title: string): ForeignAnswer {
  return { status, headers: HTML, body: `<html><head><title>${status} ${title}</title></head></html>` };
}

/**
 * Answers that clients meet in the place of their server's: of captive portals, load balancers, proxies during a
 * deployment, gateways with limits, and other servers. A client must take none of them for the answer of its server.
 */
export const FOREIGN_ANSWERS = {
  "200 with a page": { status: 200, headers: HTML, body: PAGE },
  "200 with JSON": { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' },
  "200 without anything": { status: 200 },
  "200 with a compressed page": {
    status: 200,
    headers: { ...HTML, "content-encoding": "gzip" },
    body: gzipSync(PAGE),
  },
  "200 with a body that is cut off": { status: 200, headers: HTML, body: PAGE, end: "cut" },
  "200 with a slow body": { status: 200, headers: HTML, body: PAGE, end: "slow" },
  "200 with a body without an end": { status: 200, headers: HTML, body: PAGE.repeat(1000), end: "never" },
  "503 with a body without an end": { status: 503, headers: HTML, body: PAGE.repeat(1000), end: "never" },
  "204": { status: 204 },
  "302 to a page": { status: 302, headers: { location: "http://127.0.0.1:9/login" } },
  "307 to a page": { status: 307, headers: { location: "http://127.0.0.1:9/login" } },
  "400": page(400, "Bad Request"),
  "401": { ...page(401, "Unauthorized"), headers: { ...HTML, "www-authenticate": "Bearer" } },
  "403": page(403, "Forbidden"),
  "404": page(404, "Not Found"),
  "408": page(408, "Request Timeout"),
  "412": page(412, "Precondition Failed"),
  "413": page(413, "Content Too Large"),
  "421": page(421, "Misdirected Request"),
  "429": page(429, "Too Many Requests"),
  "429 with Retry-After": { ...page(429, "Too Many Requests"), headers: { ...HTML, "retry-after": "1" } },
  "500": { status: 500, headers: { "content-type": "text/plain" }, body: "disk 100% full: %zz" },
  "502": page(502, "Bad Gateway"),
  "503": page(503, "Service Unavailable"),
  "503 with Retry-After": { ...page(503, "Service Unavailable"), headers: { ...HTML, "retry-after": "1" } },
  "504": page(504, "Gateway Timeout"),
} as const satisfies Readonly<Record<string, ForeignAnswer>>;

/** The name of one of the {@link FOREIGN_ANSWERS}. */
export type ForeignAnswerName = keyof typeof FOREIGN_ANSWERS;

/** The pieces of a body that ends, and the wait after each of them. `isCut`: the connection is lost after them. */
export function piecesOf({ body = "", end }: ForeignAnswer): {
  readonly pieces: readonly Buffer[];
  readonly pauseMs: number;
  readonly isCut: boolean;
} {
  const bytes = Buffer.from(body);
  if (end === "cut") return { pieces: [bytes.subarray(0, bytes.length >> 1)], pauseMs: 0, isCut: true };
  if (end !== "slow") return { pieces: [bytes], pauseMs: 0, isCut: false };
  const size = Math.ceil(bytes.length / 10);
  const pieces = Array.from({ length: 10 }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  return { pieces, pauseMs: 50, isCut: false };
}
