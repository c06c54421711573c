import { concatBytes } from "../../bytes/concat-bytes.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { VERSION } from "../../version.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import { PROTOCOL_VERSION, encodeData, encodeHello, tokenSubprotocol, type Hello } from "./frames.ts";

/**
 * Posts the oldest messages of a WebSocket session in a request that outlives the page. The request needs no CORS
 * preflight, because a page that is being unloaded has no time for one.
 */
export async function postWithKeepalive(
  url: ProxyUrl,
  token: string | undefined,
  { session, first }: Pick<Hello, "session" | "first">,
  messages: readonly EncodedMessage[],
): Promise<void> {
  const { applicationId = "", recordingId = "" } = messages[0]?.storeId ?? {};
  const hello = encodeHello({
    version: PROTOCOL_VERSION,
    session,
    first,
    applicationId,
    recordingId,
    software: `rerun-ts ${VERSION}`,
    token: token === undefined ? undefined : tokenSubprotocol(token),
  });
  const frames = [hello, encodeData(first, messages)];
  const response = await fetch(url.href.replace(/^ws/, "http"), {
    method: "POST",
    body: concatBytes(frames.flatMap((frame) => [lengthOf(frame), frame])),
    headers: { "content-type": "text/plain" },
    keepalive: true,
    mode: "no-cors",
    credentials: "omit",
  });
  // The request counts against the page's 64 KiB until its response is read.
  await response.arrayBuffer();
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}
