import { decodeServerMessage, readMessagesMethod, type ServerMessage } from "@rerun-ts/core/decode";
import { beginCall, type ProxyCallOptions } from "./proxy-call.ts";

/**
 * Reads what a viewer or a proxy has and gets, over gRPC-web: first what it kept, then what comes. This never ends by
 * itself; leave the loop, or abort `signal`. It must be read steadily: a reader that stops makes all writers wait.
 *
 * @param url default `rerun+http://127.0.0.1:9876/proxy`
 * @throws {RerunError} `CONNECTION`, `AUTH`, `SERVER`, `FORMAT`, or `ABORTED` if the signal fires
 * @throws {TypeError} if the address is wrong
 *
 * @example
 * for await (const message of readMessages()) {
 *   if (message.kind === "chunk") console.log(message.storeId.recordingId, message.readArrow().byteLength);
 * }
 */
export async function* readMessages(
  url?: string | URL,
  options?: ProxyCallOptions,
): AsyncGenerator<ServerMessage, void, undefined> {
  const call = await beginCall(url, options);
  try {
    const { transport, signal, headers } = call;
    const response = await transport.stream(readMessagesMethod, signal, undefined, headers, nothing());
    for await (const answer of response.message) {
      const message = decodeServerMessage(answer);
      if (message !== undefined) yield message;
    }
  } catch (error) {
    throw call.explain(error);
  } finally {
    call.end();
  }
}

/** A request that says nothing. */
async function* nothing(): AsyncGenerator<object> {
  yield {};
}
