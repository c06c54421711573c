import { RerunError, type ProxyUrl } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { CompleteStoreIds } from "@rerun-ts/core/rrd";
import { decodeServerMessage, readMessagesMethod, type ServerMessage } from "@rerun-ts/core/decode";
import { errorCodeOf } from "@rerun-ts/core/transport";
import { absorbSessionErrors } from "@rerun-ts/node/processes";

/** A machine that vanishes says nothing: the wait for its next message would have no end. */
const PINGS = { pingIntervalMs: 10_000, pingTimeoutMs: 20_000 };

/**
 * Yields the messages of a viewer or a proxy over gRPC: first the retained ones, then new ones, until the signal fires
 * or the server ends.
 *
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, or `INVALID_FORMAT` for malformed data
 */
export async function* readServer(
  { origin, href }: ProxyUrl,
  signal: AbortSignal,
): AsyncGenerator<ServerMessage, void, undefined> {
  const { Http2SessionManager, createGrpcTransport } = await import("@connectrpc/connect-node");
  const sessionManager = absorbSessionErrors(new Http2SessionManager(origin, PINGS));
  // A small message of gzip can expand to gigabytes.
  const transport = createGrpcTransport({ baseUrl: origin, sessionManager, acceptCompression: [] });
  try {
    const stores = new CompleteStoreIds();
    const response = await transport.stream(readMessagesMethod, signal, undefined, undefined, emptyRequest());
    for await (const encoded of response.message) {
      const message = decodeServerMessage(encoded);
      if (message !== undefined) yield { ...message, storeId: stores.of(message) };
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof RerunError) throw error;
    const code = typeof error === "object" && error !== null && "code" in error ? Number(error.code) : NaN;
    throw new RerunError(errorCodeOf(code), `cannot read from ${href}: ${messageOf(error)}`, { cause: error });
  }
}

/** The stream of the only, empty request message. */
async function* emptyRequest(): AsyncGenerator<object> {
  yield {};
}
