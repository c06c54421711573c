import type { GrpcHeaders, ProxyUrl } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import {
  ProgramError,
  RefusedError,
  WRITE_MESSAGES_PATH,
  describeStatus,
  headersFor,
  isGrpcType,
  refusalCodeOf,
  refusedByHttp,
} from "@rerun-ts/core/transport";
import type { UniversalClientResponse } from "@connectrpc/connect/protocol";
import type { SecureClientSessionOptions } from "node:http2";
import type * as libraries from "./grpc-libraries.ts";
import { keepConnection, takeConnection } from "./idle-connections.ts";
import { loadError } from "../../net/load-error.ts";
import { connectionError } from "../connection-error.ts";

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
  /**
   * A call has begun, or has made progress. The connection counts as lost if nothing more happens, but for the time
   * that data in flight may take.
   */
  expectAnswer(extraMs: number): void;
  /**
   * Makes one call of `WriteMessages`. Settles when the server has acknowledged the whole call. Rejects with a
   * `RerunError`.
   */
  write(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Ends the use of the connection after the last call. */
  close(): void;
  /** Closes the connection immediately. */
  abort(): void;
}

/** Loads the libraries and starts to connect. */
export async function createGrpcClient(options: GrpcClientOptions): Promise<GrpcClient> {
  const { url, tls } = options;
  const { createNodeHttpClient, requestHeader, Http2Connection } = await loadLibraries(url);
  const kept = tls === undefined ? takeConnection(url.origin) : undefined;
  const connection = kept ?? new Http2Connection(url.origin, tls);
  const post = createNodeHttpClient({ httpVersion: "2", sessionProvider: () => connection });
  return {
    get isConnected(): boolean {
      return connection.isOpen;
    },
    async connect(): Promise<void> {
      await connection.opened().catch((error: unknown) => {
        throw connectionError(error, options);
      });
    },
    expectAnswer(extraMs): void {
      connection.expectAnswer(extraMs);
    },
    async write(body, signal): Promise<void> {
      const header = requestHeader(true, undefined, undefined);
      for (const [name, value] of await headersFor(url, options.headers)) header.set(name, value);
      // A separate signal for each call: a call listens to its signal until its response is read, which never happens
      // if the server rejects the data immediately.
      const call = new AbortController();
      const abort = (): void => call.abort(signal.reason);
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
      const request = { url: url.origin + WRITE_MESSAGES_PATH, method: "POST", header, body, signal: call.signal };
      connection.expectAnswer(0);
      try {
        await readResponse(url, await post(request));
      } catch (error) {
        throw error instanceof RefusedError ? error : connectionError(connection.error ?? error, options);
      } finally {
        connection.endCall();
        signal.removeEventListener("abort", abort);
      }
    },
    close(): void {
      if (tls === undefined) keepConnection(connection);
      else connection.abort();
    },
    abort(): void {
      connection.abort();
    },
  };
}

/** Loads the libraries for gRPC. Rejects with a `ProgramError` where they cannot work, or cannot be found. */
async function loadLibraries({ href }: ProxyUrl): Promise<typeof libraries> {
  // Without WebAssembly the first use of Node's `Headers` would end the process.
  if (!("WebAssembly" in globalThis)) {
    const message = `cannot send to ${href}: gRPC needs WebAssembly, for the \`Headers\` of Node; use \`connectWebSocket\``;
    throw new ProgramError("UNSUPPORTED", message);
  }
  try {
    return await import("./grpc-libraries.ts");
  } catch (cause) {
    const message = `cannot send to ${href}: the libraries for gRPC cannot be loaded: ${messageOf(cause)}`;
    throw loadError(message, cause);
  }
}

/** The trailers, or headers, with the status of a call and its text. */
const STATUS = "grpc-status";
const MESSAGE = "grpc-message";
/** The longest wait for the text of a refusal. */
const TEXT_MS = 1000;

/** Reads the response of a call to its end. Rejects with a `RefusedError` unless it acknowledges the call. */
async function readResponse({ href }: ProxyUrl, response: UniversalClientResponse): Promise<void> {
  const { status, header, body, trailer } = response;
  const contentType = header.get("content-type");
  if (status !== 200 || !isGrpcType(contentType)) {
    const text = status >= 400 ? await beginningOf(body) : "";
    throw refusedByHttp(href, { status, contentType, retryAfter: header.get("retry-after"), body: text });
  }
  // A server may reject a call before it has read all of it, and reset it.
  checkStatus(href, header);
  for await (const part of body) void part;
  const isAcknowledged = checkStatus(href, trailer) || header.has(STATUS);
  if (!isAcknowledged)
    throw new RefusedError("CONNECTION", `cannot connect to ${href}: the response to a call was cut off`);
}

/** Whether a call has succeeded. `false` without a status. @throws {RefusedError} if it has failed */
function checkStatus(href: string, fields: Headers): boolean {
  const status = fields.get(STATUS);
  if (status === null) return false;
  if (status === "0") return true;
  const text = describeStatus(status, fields.get(MESSAGE) ?? "");
  throw new RefusedError(refusalCodeOf(Number(status)), `${href} rejected the data: ${text}`);
}

/** The first part of a body. Empty if there is none in time. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const first = (async (): Promise<string> => {
    for await (const part of body) return new TextDecoder().decode(part);
    return "";
  })().catch(() => "");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(""), TEXT_MS).unref()));
  return Promise.race([first, late]).finally(() => clearTimeout(timer));
}
