import { RerunError, type GrpcHeaders, type ProxyUrl, type RerunErrorCode } from "@rerun-ts/core";
import { resolveHeaders } from "@rerun-ts/core/internal";
import type { SecureClientSessionOptions } from "node:http2";
import { Http2Connection } from "./http2-connection.ts";

/** What is needed for calls to a server. */
export interface GrpcClientOptions {
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  readonly tls?: SecureClientSessionOptions | undefined;
}

const METHOD = "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";

/** One connection to a server, over which calls are made; once it is lost it is of no more use. */
export interface GrpcClient {
  /** Whether a connection is there. */
  readonly isConnected: boolean;
  /** Settles when there is a connection. Rejects with `CONNECTION` or `AUTH`. */
  connect(): Promise<void>;
  /** One call of `WriteMessages`; resolves when the server has acknowledged all of it. */
  write(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Ends the connection at once. */
  abort(): void;
}

/** Loads the libraries, which takes a moment, and begins to connect. */
export async function createGrpcClient({ url, headers, tls }: GrpcClientOptions): Promise<GrpcClient> {
  const { createNodeHttpClient } = await import("@connectrpc/connect-node");
  const { requestHeader, validateResponse, validateTrailer } = await import("@connectrpc/connect/protocol-grpc");
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
    async write(body, signal): Promise<void> {
      const header = requestHeader(true, undefined, undefined);
      for (const [name, value] of await resolveHeaders(headers)) header.set(name, value);
      let isAnswer = false;
      try {
        const response = await post({ url: url.origin + METHOD, method: "POST", header, body, signal });
        isAnswer = true;
        const { headerError } = validateResponse(response.status, response.header);
        if (headerError !== undefined) throw headerError;
        // What ends before its status has come was cut.
        isAnswer = false;
        for await (const part of response.body) void part;
        isAnswer = response.trailer.has(STATUS) || response.header.has(STATUS);
        validateTrailer(response.trailer, response.header);
      } catch (error) {
        throw isAnswer ? answerError(error, url) : connectionError(connection.error ?? error, url);
      }
    },
    abort(): void {
      connection.abort();
    },
  };
}

/** Where a gRPC server says how a call went. */
const STATUS = "grpc-status";

/** gRPC's codes that say that trying again will help. Source: grpc.io, "Status codes". */
const PASSING: ReadonlySet<number> = new Set([1, 4, 10, 14]);
/** `PERMISSION_DENIED` and `UNAUTHENTICATED`. */
const NO_RIGHT: ReadonlySet<number> = new Set([7, 16]);

/** What a server has answered. */
function answerError(error: unknown, { href }: ProxyUrl): RerunError {
  const { code, message } = error as { readonly code: number; readonly message: string };
  const kind: RerunErrorCode = PASSING.has(code) ? "CONNECTION" : NO_RIGHT.has(code) ? "AUTH" : "SERVER";
  return new RerunError(kind, `${href} refused what was sent: ${message}`, { cause: error });
}

/** OpenSSL's and Node's names of what is wrong with a certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED/;

/** That there is no connection, or none any more. A certificate is not trusted any better at the next attempt: `AUTH`. */
function connectionError(error: unknown, { href }: ProxyUrl): RerunError {
  const { message, code } = describeCause(error);
  const reason = code === "" || message.includes(code) ? message : `${message} (${code})`;
  if (!CERTIFICATE.test(code))
    return new RerunError("CONNECTION", `there is no connection to ${href}: ${reason}`, { cause: error });
  const remedy = "if it is the right server, pass its certificate, or that of who has signed it, as `tls: { ca }`";
  return new RerunError("AUTH", `the certificate of ${href} is not trusted: ${reason}; ${remedy}`, { cause: error });
}

/** The error at the bottom, which the libraries wrap; of several attempts in parallel the first. */
function describeCause(error: unknown): { readonly message: string; readonly code: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  if (error.cause instanceof Error) return describeCause(error.cause);
  return { message: error.message, code: "code" in error && typeof error.code === "string" ? error.code : "" };
}
