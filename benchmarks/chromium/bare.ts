// Sends the bytes of a workload as a program without this SDK could: the requests or frames are made before.
import * as rr from "@rerun-ts/web";
import {
  PROTOCOL_VERSION,
  SESSION_BYTES,
  SUBPROTOCOL,
  WRITE_MESSAGES_PATH,
  decodeFrame,
  encodeHello,
  encodeParts,
  grpcFrameHeader,
  parseProxyUrl,
} from "@rerun-ts/core/transport";
import type { Run } from "../programs.ts";

/** The sizes that this SDK takes too. */
const CALL_BYTES = 4 * 1024 * 1024;
const FRAME_BYTES = 256 * 1024;
const CALLS = 2;

/**
 * Prepares the bytes of a workload. Returns a function that sends them, and settles when the server has received all of
 * them.
 */
export async function prepareBare(run: Run, target: string): Promise<() => Promise<void>> {
  const messages = await messagesOf(run);
  if (!target.startsWith("ws")) {
    const url = parseProxyUrl(target).origin + WRITE_MESSAGES_PATH;
    const bodies = [...bodiesOf(messages)];
    return () => post(url, bodies);
  }
  const frames = messages.flatMap((message, number) =>
    [...encodeParts(number, message, FRAME_BYTES)].map((pieces) => concat(pieces)),
  );
  return () => sendFrames(target, frames, messages.length);
}

async function messagesOf(run: Run): Promise<readonly rr.types.EncodedMessage[]> {
  const messages: rr.types.EncodedMessage[] = [];
  const rec = new rr.RecordingStream("benchmark", { recordingId: "bare" });
  await rec.setSink(rr.customSink({ send: (message) => void messages.push(message) }));
  await run(rec, (call) => call());
  await rec.close();
  return messages;
}

function* bodiesOf(messages: readonly rr.types.EncodedMessage[]): Generator<Uint8Array<ArrayBuffer>> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (bytes > 0 && bytes + message.payload.byteLength > CALL_BYTES) {
      yield concat(parts);
      [parts, bytes] = [[], 0];
    }
    parts.push(grpcFrameHeader(message), message.payload);
    bytes += message.payload.byteLength;
  }
  yield concat(parts);
}

async function post(url: string, bodies: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const rest = bodies.values();
  const headers = { "content-type": "application/grpc-web+proto" };
  await Promise.all(
    Array.from({ length: CALLS }, async () => {
      for (const body of rest) {
        const response = await fetch(url, { method: "POST", headers, body, credentials: "omit" });
        const trailers = await response.text();
        if (!trailers.includes("grpc-status:0")) throw new Error(`the server rejected a body: ${trailers}`);
      }
    }),
  );
}

/** Sends frames within the window of the relay, whose acknowledgements name the next of `count` messages. */
async function sendFrames(url: string, frames: readonly Uint8Array<ArrayBuffer>[], count: number): Promise<void> {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = "arraybuffer";
  const session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
  const names = { applicationId: "benchmark", recordingId: "bare", software: "bare" };
  await new Promise<void>((resolve, reject) => {
    let [next, sent, acknowledged, window] = [0, 0, 0, 0];
    /** How much was sent with each message. */
    const ends: number[] = [];
    socket.addEventListener("open", () =>
      socket.send(encodeHello({ version: PROTOCOL_VERSION, session, first: 0, ...names })),
    );
    socket.addEventListener("close", ({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      const frame = decodeFrame(new Uint8Array(data));
      if (frame.type === "error") reject(new Error(frame.message));
      if (frame.type !== "welcome" && frame.type !== "ack") return;
      ({ window } = frame);
      acknowledged = ends[frame.next - 1] ?? 0;
      if (frame.next === count) resolve();
      for (let head = frames[next]; head !== undefined; head = frames[++next]) {
        if (sent - acknowledged + head.byteLength > window) break;
        socket.send(head);
        sent += head.byteLength;
        const part = decodeFrame(head);
        if (part.type === "part" && part.isLast) ends.push(sent);
      }
    });
  });
  socket.close();
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
