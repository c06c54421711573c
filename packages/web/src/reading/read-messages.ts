import { yieldingRerunErrors } from "@rerun-ts/core/checks";
import { decodeServerMessage, readMessagesMethod, type ServerMessage } from "@rerun-ts/core/decode";
import { CompleteStoreIds } from "@rerun-ts/core/rrd";
import { beginCall, type ProxyCallOptions } from "./proxy-call.ts";

/**
 * Reads the messages of a viewer or a proxy over gRPC-web: first the retained ones, then new ones. It does not end by
 * itself: leave the loop, or abort `signal`. Either ends the call. Read without long pauses, because Rerun's own server
 * blocks all writers while a reader does not read.
 *
 * @param url the URL of the server. Default `rerun+http://127.0.0.1:9876/proxy`
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, `INVALID_FORMAT` for malformed data, or `ABORTED` if the signal
 * fires
 * @throws {RerunError} `INVALID_ARGUMENT` if the URL is wrong
 *
 * @example
 * for await (const message of readMessages()) {
 *   if (message.kind === "chunk") console.log(message.storeId.recordingId, message.readArrow().byteLength);
 * }
 */
export function readMessages(
  url?: string | URL,
  options?: ProxyCallOptions,
): AsyncGenerator<ServerMessage, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      const call = await beginCall("readMessages", url, options);
      try {
        const { transport, signal, headers } = call;
        const stores = new CompleteStoreIds();
        const response = await transport.stream(readMessagesMethod, signal, undefined, headers, emptyRequest());
        for await (const encoded of response.message) {
          const message = decodeServerMessage(encoded);
          if (message !== undefined) yield { ...message, storeId: stores.of(message) };
        }
      } catch (error) {
        throw call.explain(error);
      } finally {
        call.end();
      }
    })(),
  );
}

/** The stream of the only, empty request message. */
async function* emptyRequest(): AsyncGenerator<object> {
  yield {};
}
