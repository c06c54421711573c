import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { Backoff, RefusedError, retryAfterMs } from "@rerun-ts/core/transport";
import { sleep } from "@rerun-ts/core/util";
import type { HttpResponse } from "./http-request.ts";

/** Statuses after which the same request may succeed. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The longest time of all waits of a call that a store may ask for by `Retry-After`. */
const LONGEST_REQUESTED_MS = 60_000;
/** The shortest of these waits that is reported. */
const REPORTED_MS = 5000;

/** Settings of {@link attempt}. */
export interface AttemptOptions {
  /** The start of messages, such as "cannot create s3://bucket/key". */
  readonly doing: string;
  /** The greatest number of requests. */
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
  /** The reason to repeat a request with this answer, too, or `undefined`. Default: none. */
  readonly isTemporary?: ((response: HttpResponse) => string | undefined) | undefined;
  /** The end of messages about hosts that are not found. Default: none. */
  readonly hostAdvice?: string | undefined;
  /** The name of the setting with certificates. Default: the option `ca`. */
  readonly caLabel?: string | undefined;
  /** Called before each long wait that the store asks for, with a text about it. Default: none. */
  readonly onWait?: ((text: string) => void) | undefined;
}

/**
 * Sends a request until there is an answer that is not temporary, with exponential backoff between. Rejects with
 * `CONNECTION`, `SERVER` if the last answer was temporary, or `ABORTED`.
 */
export async function attempt(send: () => Promise<HttpResponse>, options: AttemptOptions): Promise<HttpResponse> {
  const { doing, attempts, signal, isTemporary, onWait } = options;
  let leftMs = LONGEST_REQUESTED_MS;
  const backoff = new Backoff();
  for (let count = 1; ; count++) {
    const failure = await trySend(send, options);
    let waitMs = 0;
    if (!(failure instanceof RerunError)) {
      const { status } = failure;
      const reason = TEMPORARY.has(status) ? `HTTP status ${status}` : isTemporary?.(failure);
      if (reason === undefined) return failure;
      const retryAfter = failure.headers.get("retry-after");
      const times = count === 1 ? `with ${reason}` : `${count} times, last with ${reason}`;
      if (count >= attempts) throw new RefusedError("SERVER", `${doing}: the store answered ${times}`, { retryAfter });
      const requestedMs = retryAfterMs(retryAfter) ?? 0;
      waitMs = Math.min(requestedMs, leftMs);
      leftMs -= waitMs;
      if (waitMs >= REPORTED_MS) onWait?.(waitText(requestedMs, waitMs));
    } else if (failure.code === "ABORTED" || count >= attempts) throw failure;
    await sleep(backoff.next() + waitMs, signal);
  }
}

function waitText(requestedMs: number, waitMs: number): string {
  const [requested, wait] = [requestedMs, waitMs].map((ms) => Math.ceil(ms / 1000));
  return `the store asks to wait ${requested} seconds; the next request follows after ${wait} seconds`;
}

async function trySend(
  send: () => Promise<HttpResponse>,
  { signal, doing, hostAdvice = "", caLabel = "the option `ca`" }: AttemptOptions,
): Promise<HttpResponse | RerunError> {
  try {
    return await send();
  } catch (error) {
    if (signal?.aborted === true)
      return new RerunError("ABORTED", `${doing}: aborted by \`signal\``, { cause: signal.reason });
    // Errors of arguments and credentials are not errors of the connection.
    if (error instanceof RerunError) throw error;
    const isUnknownHost = (error as { readonly code?: unknown }).code === "ENOTFOUND";
    const caAdvice = isUnknownAuthority(error) ? `; ${caLabel} has the certificates of a private authority` : "";
    const advice = isUnknownHost ? hostAdvice : caAdvice;
    const reason = isPlain(error) ? "the server does not use TLS: its address begins with http:" : messageOf(error);
    return new RerunError("CONNECTION", `${doing}: ${reason}${advice}`, { cause: error });
  }
}

/** Whether the certificate of a server is of an authority that Node does not know. */
function isUnknownAuthority(error: unknown): boolean {
  const { code = "" } = error as { readonly code?: unknown };
  return /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/.test(String(code));
}

/** Whether the answer to a TLS handshake was none. OpenSSL's message is a line of its source code. */
function isPlain(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "EPROTO" && messageOf(error).includes("wrong version number");
}
