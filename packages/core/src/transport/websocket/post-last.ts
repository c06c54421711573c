import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { VERSION } from "../../version.ts";
import type { ProxyUrl } from "../proxy-url.ts";
import { PROTOCOL_VERSION, encodeData, encodeHello, tokenSubprotocol, type Hello } from "./frames.ts";

/**
 * Posts what a page could not send before it was left, oldest first, in a call that outlives it. It needs no preflight.
 */
export async function postLast(
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
  const body = new Uint8Array(frames.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const frame of frames) {
    new DataView(body.buffer).setUint32(at, frame.length);
    body.set(frame, at + 4);
    at += 4 + frame.length;
  }
  const href = url.href.replace(/^ws/, "http");
  const headers = { "content-type": "text/plain" };
  const response = await fetch(href, {
    method: "POST",
    body,
    headers,
    keepalive: true,
    mode: "no-cors",
    credentials: "omit",
  });
  // A call whose answer is not read keeps its part of what a page may send.
  await response.arrayBuffer();
}
