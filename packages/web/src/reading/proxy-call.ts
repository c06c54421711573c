import { Code, ConnectError, createClient, type Client, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { parseProxyUrl, RerunError, type GrpcHeaders, type RerunErrorCode } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";
import { proxyService } from "@rerun-ts/core/decode";
import { DEFAULT_PROXY_URL, resolveHeaders, type ProxyUrl } from "@rerun-ts/core/transport";
import { connectionHint } from "../page/connection-hint.ts";

/** Options of calls to a viewer or a proxy. */
export interface ProxyCallOptions {
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
  /** Headers for the call. A function is called once. Default: none. */
  headers?: GrpcHeaders | undefined;
  /** The function for requests. Default: the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** A call to a viewer or a proxy. */
export interface ProxyCall {
  readonly url: ProxyUrl;
  readonly transport: Transport;
  readonly client: Client<typeof proxyService>;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  /** Ends the call. Rerun's server blocks all clients while a call stays open and is not read. */
  end(): void;
  /** The error of this SDK for an error of the call. */
  explain(error: unknown): RerunError;
}

const CODES: Readonly<Partial<Record<Code, RerunErrorCode>>> = {
  [Code.Unavailable]: "CONNECTION",
  [Code.Unknown]: "CONNECTION",
  [Code.DeadlineExceeded]: "TIMEOUT",
  [Code.Unauthenticated]: "AUTH",
  [Code.PermissionDenied]: "AUTH",
  [Code.ResourceExhausted]: "SERVER",
  [Code.Unimplemented]: "UNSUPPORTED",
};

/** Prepares a call. Rejects with a `TypeError` if an argument is wrong. */
export async function beginCall(
  call: string,
  url: string | URL | undefined,
  options: ProxyCallOptions = {},
): Promise<ProxyCall> {
  checkOptions(call, options, { signal: 1, headers: 1, fetch: "function" });
  const proxy = parseProxyUrl(url ?? DEFAULT_PROXY_URL);
  const stop = new AbortController();
  const abort = (): void => stop.abort(options.signal?.reason);
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener("abort", abort);
  const transport = createGrpcWebTransport({
    baseUrl: proxy.origin,
    fetch: async (input, init) =>
      endingWith(stop.signal, await (options.fetch ?? fetch)(input, { ...init, credentials: "omit" })),
  });
  return {
    url: proxy,
    transport,
    client: createClient(proxyService, transport),
    headers: await resolveHeaders(options.headers),
    signal: stop.signal,
    end() {
      options.signal?.removeEventListener("abort", abort);
      stop.abort();
    },
    explain(error) {
      if (options.signal?.aborted === true)
        return new RerunError("ABORTED", "the call was aborted by `signal`", { cause: error });
      if (!(error instanceof ConnectError)) return RerunError.from(error, "CONNECTION");
      const isLost = error.cause instanceof TypeError;
      const code = isLost ? "CONNECTION" : (CODES[error.code] ?? "SERVER");
      const advice = code === "CONNECTION" ? connectionHint(proxy) : "";
      return new RerunError(code, `the call to ${proxy.href} failed: ${error.rawMessage}${advice}`, { cause: error });
    },
  };
}

/**
 * A response whose body ends with a signal. With `fetch` of Node 20, the body may not end: the garbage collector can
 * remove its link to the signal during reading, so that the call would never end.
 */
function endingWith(signal: AbortSignal, response: Response): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (): void => {
          controller.error(signal.reason);
          reader.cancel(signal.reason).catch(() => {});
        };
        if (signal.aborted) end();
        else signal.addEventListener("abort", end, { once: true });
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Reads the original body only when this one is read.
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
