import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import type { ProxyUrl } from "@rerun-ts/core/internal";
import type { SecureClientSessionOptions } from "node:http2";

/** Headers for a server, or how to get them anew for each call. */
export type GrpcHeaders =
  | Readonly<Record<string, string>>
  | Headers
  | (() => Readonly<Record<string, string>> | Headers | Promise<Readonly<Record<string, string>> | Headers>);

/** What is needed for calls to a server. */
export interface GrpcClientOptions {
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  readonly tls?: SecureClientSessionOptions | undefined;
}

const METHOD = "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;

/** One connection to a server, over which calls are made. */
export interface GrpcClient {
  /** Whether a connection is there. */
  readonly isConnected: boolean;
  /** Makes the connection. Rejects with `CONNECTION`. */
  connect(): Promise<void>;
  /** One call of `WriteMessages`; resolves when the server has acknowledged all of it. */
  write(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Ends the connection at once. */
  abort(): void;
}

/** Loads the libraries, which takes a moment, and makes a client that is not connected yet. */
export async function createGrpcClient({ url, headers, tls }: GrpcClientOptions): Promise<GrpcClient> {
  const { createNodeHttpClient, Http2SessionManager } = await import("@connectrpc/connect-node");
  const { requestHeader, validateResponse, validateTrailer } = await import("@connectrpc/connect/protocol-grpc");
  const pings = { pingIntervalMs: PING_INTERVAL_MS, pingTimeoutMs: PING_TIMEOUT_MS, pingIdleConnection: true };
  const session = new Http2SessionManager(url.origin, pings, tls);
  const post = createNodeHttpClient({ httpVersion: "2", sessionProvider: () => session });
  return {
    get isConnected(): boolean {
      const state = session.state();
      return state === "open" || state === "idle";
    },
    async connect(): Promise<void> {
      if ((await session.connect()) === "error") throw toRerunError(session.error(), url);
    },
    async write(body, signal): Promise<void> {
      const header = requestHeader(true, undefined, undefined);
      for (const [name, value] of await resolveHeaders(headers)) header.set(name, value);
      try {
        const response = await post({ url: url.origin + METHOD, method: "POST", header, body, signal });
        const { headerError } = validateResponse(response.status, response.header);
        if (headerError !== undefined) throw headerError;
        for await (const part of response.body) void part;
        validateTrailer(response.trailer, response.header);
      } catch (error) {
        throw toRerunError(error, url);
      }
    },
    abort(): void {
      session.abort();
    },
  };
}

async function resolveHeaders(headers: GrpcHeaders | undefined): Promise<Iterable<readonly [string, string]>> {
  const given = typeof headers === "function" ? await headers() : headers;
  if (given === undefined) return [];
  return given instanceof Headers ? given.entries() : Object.entries(given);
}

/** gRPC's codes that a server answers with; all others mean that there is no connection. Source: grpc.io, "Status codes". */
const CODES: Readonly<Record<number, RerunErrorCode>> = {
  3: "SERVER",
  5: "SERVER",
  7: "AUTH",
  8: "SERVER",
  9: "SERVER",
  11: "SERVER",
  12: "SERVER",
  13: "SERVER",
  15: "SERVER",
  16: "AUTH",
};

/** An error of the connection or of the server, with the address in it. */
function toRerunError(error: unknown, { href }: ProxyUrl): RerunError {
  const { code, message } = describe(error);
  const kind = CODES[code] ?? "CONNECTION";
  const what = kind === "CONNECTION" ? `there is no connection to ${href}` : `${href} refused what was sent`;
  return new RerunError(kind, `${what}: ${message}`, { cause: error });
}

function describe(error: unknown): { readonly code: number; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return { code: typeof code === "number" ? code : 0, message };
}
