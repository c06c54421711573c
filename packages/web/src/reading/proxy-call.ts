import { Code, ConnectError, createClient, type Client, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { parseProxyUrl, RerunError, type GrpcHeaders, type RerunErrorCode } from "@rerun-ts/core";
import { proxyService } from "@rerun-ts/core/decode";
import { DEFAULT_PROXY_URL, resolveHeaders, whatToDo, type ProxyUrl } from "@rerun-ts/core/internal";

/** Options of calls to a viewer or a proxy. */
export interface ProxyCallOptions {
  /** Ends the call when it fires. */
  signal?: AbortSignal | undefined;
  /** Sent with the call; a function is asked once. */
  headers?: GrpcHeaders | undefined;
  /** Used instead of the platform's own `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** A call under way: what it needs, and how to end it. */
export interface ProxyCall {
  readonly url: ProxyUrl;
  readonly transport: Transport;
  readonly client: Client<typeof proxyService>;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  /** Ends it. A call that is left open unread would stop the server for everyone. */
  end(): void;
  /** Why it failed, in words of this SDK. */
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

/** Begins a call. @throws {TypeError} if the address is wrong. */
export async function beginCall(url: string | URL | undefined, options: ProxyCallOptions = {}): Promise<ProxyCall> {
  const proxy = parseProxyUrl(url ?? DEFAULT_PROXY_URL);
  const stop = new AbortController();
  const abort = (): void => stop.abort(options.signal?.reason);
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener("abort", abort);
  const transport = createGrpcWebTransport({
    baseUrl: proxy.origin,
    fetch: (input, init) => (options.fetch ?? fetch)(input, { ...init, credentials: "omit" }),
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
        return new RerunError("ABORTED", "the call was given up: the signal fired", { cause: error });
      if (!(error instanceof ConnectError)) return RerunError.from(error, "CONNECTION");
      const isLost = error.cause instanceof TypeError;
      const code = isLost ? "CONNECTION" : (CODES[error.code] ?? "SERVER");
      const advice = code === "CONNECTION" ? whatToDo(proxy) : "";
      return new RerunError(code, `the call to ${proxy.href} failed: ${error.rawMessage}${advice}`, { cause: error });
    },
  };
}
