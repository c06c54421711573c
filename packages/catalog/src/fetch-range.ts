import { CallDeadline } from "./call-deadline.ts";
import { concatBytes } from "@rerun-ts/core/util";

/** A range of a file on a server. */
export interface RemoteRange {
  readonly url: string;
  /** The required entity tag of the file. `undefined` if it is unknown. */
  readonly etag: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** The error for a URL that will not yield the file another time either. */
export class UselessUrlError extends Error {}

/**
 * The longest wait for a response or its next piece, in milliseconds. It is short, because the catalog has the same
 * data.
 */
const SILENCE_MS = 10_000;
/** Statuses of requests that may succeed later: timeouts, and too many requests. */
const TEMPORARY: readonly number[] = [408, 429];

/**
 * Reads a range of a file. Nothing of the catalog is sent along, and redirects are not followed.
 *
 * @param timeoutMs the time for the whole response
 * @throws {UselessUrlError} if the URL has expired, the file is gone or has changed, or the server knows no ranges
 */
export async function fetchRange(
  send: typeof fetch,
  range: RemoteRange,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { url, etag, start, end } = range;
  const deadline = new CallDeadline(Math.min(timeoutMs, SILENCE_MS), [signal]);
  const begun = performance.now();
  try {
    const response = await deadline.within((stop) =>
      send(url, {
        headers: { range: `bytes=${start}-${end - 1}`, ...conditionOf(etag) },
        // Bypasses the cache, because a browser locks its copy of a file while it reads a range.
        cache: "no-store",
        credentials: "omit",
        redirect: "manual",
        referrerPolicy: "no-referrer",
        signal: stop,
      }),
    );
    checkResponse(response, range);
    // Memory grows with the received bytes, not with the length that the catalog claims.
    const parts: Uint8Array[] = [];
    let missing = end - start;
    if (response.body === null) throw new Error("the response has no body");
    const pieces = response.body.getReader();
    for (let next = await deadline.within(() => pieces.read()); !next.done;) {
      const piece: Uint8Array = next.value;
      missing -= piece.byteLength;
      if (missing < 0) throw new UselessUrlError("the response is longer than the range");
      parts.push(piece);
      if (performance.now() - begun > timeoutMs) throw new Error(`the response takes longer than ${timeoutMs} ms`);
      next = await deadline.within(() => pieces.read());
    }
    if (missing > 0) throw new Error(`the response ended ${missing} bytes before the range`);
    return concatBytes(parts);
  } finally {
    deadline.end();
  }
}

/** The header that makes the server reject the request if the file has changed. */
function conditionOf(etag: string | undefined): { readonly "if-match"?: string } {
  // `if-match` must not use weak tags (RFC 9110, section 13.1.1).
  return etag === undefined || etag === "" || etag.startsWith("W/") ? {} : { "if-match": etag };
}

function checkResponse({ status, headers }: Response, { etag, start, end }: RemoteRange): void {
  if (status >= 500 || TEMPORARY.includes(status)) throw new Error(`the server has answered ${status}`);
  if (status !== 206) throw new UselessUrlError(`the server has answered ${status} instead of 206`);
  // Pages see these headers only if the server exposes them.
  const actual = headers.get("etag");
  if (etag !== undefined && etag !== "" && actual !== null && actual !== etag)
    throw new UselessUrlError("the file has changed since it was registered");
  const range = headers.get("content-range");
  if (range !== null && !range.startsWith(`bytes ${start}-${end - 1}/`))
    throw new UselessUrlError("the server has sent another range");
}
