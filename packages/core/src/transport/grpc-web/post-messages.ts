import { concatBytes } from "../../bytes/concat-bytes.ts";
import { RerunError, messageOf, type RerunErrorCode } from "../../errors/rerun-error.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { WRITE_MESSAGES_PATH, grpcFrameHeader } from "../grpc-frame.ts";
import { CONTENT_TOO_LARGE, isGrpcType } from "../grpc-status.ts";
import { describeStatus, refusalCodeOf } from "../refusal-code.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import { RefusedError, refusedByHttp } from "../refused-error.ts";
import { headersFor, type GrpcHeaders } from "../server-sink-options.ts";

/** Options of calls to a server. */
export interface PostOptions {
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  /** Replaces the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Lets the call outlive the page. Browsers limit the bodies of all such calls together to 64 KiB. */
  readonly keepalive?: boolean | undefined;
  /**
   * Joins the parts of a body in memory that is reusable once `fetch` has returned. Browsers send bytes faster than a
   * blob, but copying them takes time of the calling thread. Default: a blob, where there are any.
   */
  readonly join?: ((parts: readonly Uint8Array[]) => Uint8Array<ArrayBuffer>) | undefined;
  /** Explains why a connection may have failed. */
  readonly connectionHint?: ((url: ProxyUrl) => string) | undefined;
}

const CONTENT_TYPE = "application/grpc-web+proto";
/** A server that does not respond in this time counts as lost. Large calls have more time, for slow uplinks. */
const RESPONSE_TIMEOUT_MS = 60_000;
const MIN_BYTES_PER_MS = 4;
/** The most that is read of a response. That of a server is short, but what answers in its place may never end. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** The flag of the frame that holds the trailers. */
const TRAILER = 0x80;

/** The error for a call that is too large for the server, or for a proxy in between. */
export class TooLargeError extends RefusedError {}

/**
 * Makes one call of `WriteMessages` over gRPC-web. A call without messages checks whether the server is reachable.
 * Settles when the server has acknowledged the messages. Rejects with `CONNECTION`, `AUTH` or `SERVER`.
 */
export async function postMessages(
  { url, headers, fetch: send = fetch, keepalive = false, join, connectionHint }: PostOptions,
  messages: readonly EncodedMessage[],
  signal: AbortSignal,
): Promise<void> {
  // A page that is being unloaded would not resume after an `await`. It passes plain headers, which need none.
  const all = typeof headers === "function" ? await headersFor(url, headers) : new Headers(headers);
  all.set("content-type", CONTENT_TYPE);
  const parts = messages.flatMap((message) => [grpcFrameHeader(message), message.payload]);
  // Joining copies all data once more, so it happens only where necessary: a page that is being unloaded has no blobs,
  // and `fetch` does not accept the blobs of jsdom and React Native.
  const takesBlobs = typeof Blob === "function" && typeof Blob.prototype.stream === "function";
  const body = join !== undefined ? join(parts) : keepalive || !takesBlobs ? concatBytes(parts) : new Blob(parts);
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const abort = abortAfter(RESPONSE_TIMEOUT_MS + size / MIN_BYTES_PER_MS, signal);
  let response: Response;
  let responseBody: Uint8Array;
  try {
    response = await send(url.origin + WRITE_MESSAGES_PATH, {
      method: "POST",
      headers: all,
      body,
      signal: abort.signal,
      // Cloudflare Workers do not have "error".
      redirect: "manual",
      credentials: "omit",
      keepalive,
    });
    responseBody = await beginningOf(response);
  } catch (error) {
    const hint = connectionHint?.(url) ?? "";
    throw new RerunError("CONNECTION", `cannot connect to ${url.href}: ${messageOf(error)}${hint}`, { cause: error });
  } finally {
    abort.clear();
  }
  checkResponse(url, response, responseBody);
}

/** The beginning of a response, as a rule all of it. Ends the response there. */
async function beginningOf(response: Response): Promise<Uint8Array> {
  // Replacements of `fetch` may lack streams.
  const reader = (response.body as Partial<ReadableStream<Uint8Array>> | null | undefined)?.getReader?.();
  if (reader === undefined) return new Uint8Array(await response.arrayBuffer());
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    size += next.value.byteLength;
    if (size < MAX_RESPONSE_BYTES) continue;
    void reader.cancel().catch(() => {});
    break;
  }
  return concatBytes(parts);
}

/** A signal that follows `other`, and fires by itself after a while. */
function abortAfter(milliseconds: number, other: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort(other.reason);
  if (other.aborted) abort();
  other.addEventListener("abort", abort);
  const timer = setTimeout(() => stop.abort(new Error(`no response in ${Math.round(milliseconds)} ms`)), milliseconds);
  return {
    signal: stop.signal,
    clear(): void {
      clearTimeout(timer);
      other.removeEventListener("abort", abort);
    },
  };
}

function checkResponse({ href }: ProxyUrl, response: Response, body: Uint8Array): void {
  const { status: httpStatus, statusText, headers } = response;
  const rejected = (code: RerunErrorCode, reason: string): RefusedError =>
    new RefusedError(code, `${href} rejected the data: ${reason}`);
  const contentType = headers.get("content-type");
  const refused = (): RefusedError =>
    refusedByHttp(href, {
      status: response.type === "opaqueredirect" ? 302 : httpStatus,
      statusText,
      contentType,
      retryAfter: headers.get("retry-after"),
      body: new TextDecoder().decode(body),
    });
  if (httpStatus === CONTENT_TOO_LARGE) throw new TooLargeError("SERVER", refused().message);
  if (httpStatus !== 200 || (contentType !== null && !isGrpcType(contentType))) throw refused();
  const trailers = readTrailers(body);
  // `Headers` would throw for text that the server has not encoded.
  const fieldsOf = (name: string): string[] =>
    Array.from((trailers ?? "").matchAll(new RegExp(`^${name}:(.*)`, "gim")), ([, value = ""]) => value.trim()).concat(
      headers.get(name) ?? [],
    );
  const statuses = fieldsOf("grpc-status");
  const failure = statuses.find((status) => status !== "0");
  if (failure !== undefined)
    throw rejected(refusalCodeOf(Number(failure)), describeStatus(failure, fieldsOf("grpc-message")[0] ?? ""));
  if (trailers !== undefined && statuses.length > 0) return;
  // A response that is damaged or cut off rejects nothing.
  if (contentType === null || body.length > 0) throw refused();
  // Headers of a response from another origin are hidden, and with them the status of an error.
  throw rejected("SERVER", "it gave no reason (browsers hide the status of other origins)");
}

/** The text of the trailers, which are the last frame. `undefined` if there are none. */
function readTrailers(body: Uint8Array): string | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + view.getUint32(at + 1);
    if (end > body.length) return undefined;
    if (body[at] === TRAILER) return new TextDecoder().decode(body.subarray(at + 5, end));
    at = end;
  }
  return undefined;
}
