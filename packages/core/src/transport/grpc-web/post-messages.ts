import { RerunError, type RerunErrorCode } from "../../errors.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { grpcFrameHeader } from "../grpc-frame.ts";
import { resolveHeaders, type GrpcHeaders } from "../grpc-headers.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import { whatToDo } from "../what-to-do.ts";

/** What is needed for calls to a server. */
export interface PostOptions {
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  /** Used instead of the platform's own. */
  readonly fetch?: typeof fetch | undefined;
  /** Lets a call outlive the page; the body may have 64 KiB then, with all others of its kind. */
  readonly keepalive?: boolean | undefined;
}

const METHOD = "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";
const CONTENT_TYPE = "application/grpc-web+proto";
/** A server that has not answered by then is taken for lost. */
const ANSWER_MS = 60_000;
const TRAILER = 0x80;
const STATUS = "grpc-status";
/** gRPC's codes that say that trying again will help. Source: grpc.io, "Status codes". */
const PASSING: ReadonlySet<string> = new Set(["1", "4", "10", "14"]);
/** `PERMISSION_DENIED` and `UNAUTHENTICATED`. */
const NO_RIGHT: ReadonlySet<string> = new Set(["7", "16"]);
const NO_RIGHT_HTTP: ReadonlySet<number> = new Set([401, 403]);

/**
 * One call of `WriteMessages` over gRPC-web; none at all is a call too, which asks whether the server is there. Settles
 * when the server has acknowledged it. Rejects with `CONNECTION`, `AUTH` or `SERVER`.
 */
export async function postMessages(
  { url, headers, fetch: send = fetch, keepalive = false }: PostOptions,
  messages: readonly EncodedMessage[],
  signal: AbortSignal,
): Promise<void> {
  // A page that is being left does not come back to this after waiting: then they are there already.
  const all = typeof headers === "function" ? await resolveHeaders(headers) : new Headers(headers);
  all.set("content-type", CONTENT_TYPE);
  const parts = messages.flatMap((message) => [grpcFrameHeader(message), message.payload]);
  // Joined only where it must be, as that copies all of it once more: a page that is gone has no blobs.
  const body = keepalive ? join(parts) : new Blob(parts);
  const stop = stopAfter(ANSWER_MS, signal);
  let response: Response;
  let answer: Uint8Array;
  try {
    response = await send(url.origin + METHOD, {
      method: "POST",
      headers: all,
      body,
      signal: stop.signal,
      redirect: "error",
      credentials: "omit",
      keepalive,
    });
    answer = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RerunError("CONNECTION", `there is no connection to ${url.href}: ${reason}${whatToDo(url)}`, {
      cause: error,
    });
  } finally {
    stop.clear();
  }
  checkAnswer(url, response, answer);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

function stopAfter(milliseconds: number, other: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort(other.reason);
  if (other.aborted) abort();
  other.addEventListener("abort", abort);
  const timer = setTimeout(() => stop.abort(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  return {
    signal: stop.signal,
    clear(): void {
      clearTimeout(timer);
      other.removeEventListener("abort", abort);
    },
  };
}

function checkAnswer({ href }: ProxyUrl, response: Response, answer: Uint8Array): void {
  const refused = (code: RerunErrorCode, reason: string): RerunError =>
    new RerunError(code, `${href} refused what was sent: ${reason}`);
  if (response.status !== 200) {
    const code = NO_RIGHT_HTTP.has(response.status) ? "AUTH" : response.status >= 500 ? "CONNECTION" : "SERVER";
    throw refused(code, `HTTP status ${response.status} ${response.statusText}`.trim());
  }
  const trailers = readTrailers(answer);
  const status = trailers?.get(STATUS) ?? response.headers.get(STATUS);
  if (status === "0" && trailers !== undefined) return;
  if (status === null || status === "0") {
    // From another origin the status of an error cannot be seen.
    throw refused("SERVER", "it did not say why (from another origin its status is hidden)");
  }
  const message = trailers?.get("grpc-message") ?? response.headers.get("grpc-message") ?? "";
  const code = PASSING.has(status) ? "CONNECTION" : NO_RIGHT.has(status) ? "AUTH" : "SERVER";
  throw refused(code, `${decode(message)} (gRPC status ${status})`);
}

/** The trailers, which are the last frame; `undefined` if there are none. */
function readTrailers(answer: Uint8Array): Headers | undefined {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 5 + view.getUint32(at + 1);
    if (end > answer.length) return undefined;
    if (answer[at] === TRAILER) return parseTrailers(new TextDecoder().decode(answer.subarray(at + 5, end)));
    at = end;
  }
  return undefined;
}

function parseTrailers(text: string): Headers {
  const trailers = new Headers();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) trailers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return trailers;
}

/** A message is escaped as in URLs. */
function decode(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
