import { RerunError, type GrpcHeaders, type ProxyUrl } from "@rerun-ts/core";
import { WRITE_MESSAGES_PATH, errorCodeOf, errorCodeOfHttp, headersFor, isGrpcType } from "@rerun-ts/core/transport";
import type { UniversalClientResponse } from "@connectrpc/connect/protocol";
import type { SecureClientSessionOptions } from "node:http2";
import type * as grpc from "./grpc-libraries.ts";

/** The server, and the options for connecting to it. */
export interface GrpcClientOptions {
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  readonly tls?: SecureClientSessionOptions | undefined;
}

/** One connection to a server, for calls. A lost connection is not reused. */
export interface GrpcClient {
  /** Whether the connection is open, so that calls can be made. */
  readonly isConnected: boolean;
  /** Settles once the connection is open. Rejects with `CONNECTION`, or `AUTH` if the certificate is not trusted. */
  connect(): Promise<void>;
  /** Extends the allowed silence of the server by the time that data in flight may take. */
  expectSilence(milliseconds: number): void;
  /**
   * Makes one call of `WriteMessages`. Settles when the server has acknowledged the whole call. Rejects with a
   * `RerunError`.
   */
  write(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Closes the connection at once. */
  abort(): void;
}

/** Loads the libraries and starts to connect. */
export async function createGrpcClient(options: GrpcClientOptions): Promise<GrpcClient> {
  const { url, tls } = options;
  const { createNodeHttpClient, requestHeader, validateResponse, validateTrailer, Http2Connection } =
    await import("./grpc-libraries.ts");
  const connection = new Http2Connection(url.origin, tls);
  const post = createNodeHttpClient({ httpVersion: "2", sessionProvider: () => connection });
  return {
    get isConnected(): boolean {
      return connection.isOpen;
    },
    async connect(): Promise<void> {
      await connection.opened().catch((error: unknown) => {
        throw connectionError(error, url);
      });
    },
    expectSilence(milliseconds): void {
      connection.extraTimeoutMs = milliseconds;
    },
    async write(body, signal): Promise<void> {
      const header = requestHeader(true, undefined, undefined);
      for (const [name, value] of await headersFor(url, options.headers)) header.set(name, value);
      // A separate signal for each call: a call listens to its signal until its response is read, which never happens
      // if the server rejects the data at once.
      const call = new AbortController();
      const abort = (): void => call.abort(signal.reason);
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
      const request = { url: url.origin + WRITE_MESSAGES_PATH, method: "POST", header, body, signal: call.signal };
      try {
        await readResponse({ validateResponse, validateTrailer }, url, () => post(request));
      } catch (error) {
        throw error instanceof RerunError ? error : connectionError(connection.error ?? error, url);
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    abort(): void {
      connection.abort();
    },
  };
}

/** Reads the response of a call to its end. Rejects with a `RerunError` if the server has rejected the call. */
async function readResponse(
  { validateResponse, validateTrailer }: Pick<typeof grpc, "validateResponse" | "validateTrailer">,
  url: ProxyUrl,
  post: () => Promise<UniversalClientResponse>,
): Promise<void> {
  let isFromServer = false;
  try {
    const response = await post();
    const type = response.header.get("content-type");
    if (response.status !== 200 || !isGrpcType(type)) throw foreignResponse(response.status, type, url);
    isFromServer = true;
    const { headerError } = validateResponse(response.status, response.header);
    if (headerError !== undefined) throw headerError;
    // A response without a status was cut off.
    isFromServer = false;
    for await (const part of response.body) void part;
    isFromServer = response.trailer.has(STATUS) || response.header.has(STATUS);
    validateTrailer(response.trailer, response.header);
  } catch (error) {
    throw isFromServer ? responseError(error, url) : error;
  }
}

/** The trailer, or header, with the status of a call. */
const STATUS = "grpc-status";

/** The error for a call that the server has ended with an error. */
function responseError(error: unknown, { href }: ProxyUrl): RerunError {
  const { code, message } = error as { readonly code: number; readonly message: string };
  return new RerunError(errorCodeOf(code), `${href} rejected the data: ${message}`, { cause: error });
}

/** The error for a response of something between here and the server. */
function foreignResponse(status: number, type: string | null, { href }: ProxyUrl): RerunError {
  const code = errorCodeOfHttp(status);
  const reason = status === 200 ? `the response has the type ${type ?? "of no content"}` : `HTTP ${status}`;
  const problem = code === "CONNECTION" ? `cannot connect to ${href}` : `${href} rejected the data`;
  return new RerunError(code, `${problem}: ${reason}`);
}

/** The codes of OpenSSL and Node for problems with a certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED/;

/** The code of OpenSSL for an answer without TLS. Its message is a line of its source code. */
const NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";

/** The error for a connection that failed or was lost. An untrusted certificate is `AUTH`: retrying does not help. */
function connectionError(error: unknown, { href }: ProxyUrl): RerunError {
  const { message, code } = describeCause(error);
  if (code === NO_TLS) {
    const plain = href.replace(/^rerun(?:\+https)?:/, "rerun+http:");
    const text = `cannot connect to ${href}: the server does not use TLS; its URL is ${plain}`;
    return new RerunError("CONNECTION", text, { cause: error });
  }
  const reason = code === "" || message.includes(code) ? message : `${message} (${code})`;
  if (!CERTIFICATE.test(code))
    return new RerunError("CONNECTION", `cannot connect to ${href}: ${reason}`, { cause: error });
  const remedy = "if it is the right server, pass its certificate, or that of its authority, as `tls: { ca }`";
  return new RerunError("AUTH", `the certificate of ${href} is not trusted: ${reason}; ${remedy}`, { cause: error });
}

/**
 * The message and code of the innermost error, because libraries wrap errors. Of parallel attempts, the first error
 * counts.
 */
function describeCause(error: unknown): { readonly message: string; readonly code: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  if (error.cause instanceof Error) return describeCause(error.cause);
  return { message: error.message, code: "code" in error && typeof error.code === "string" ? error.code : "" };
}
