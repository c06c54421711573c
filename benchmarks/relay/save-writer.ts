// Writes rows of many recordings to a relay, in turns: `save-writer <port> <recordings> <messages>`. Prints "open" when
// all recordings are, waits for a line of standard input, and prints "written" at the end.
import { once } from "node:events";
import { connect, type ClientHttp2Session } from "node:http2";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { grpcFrameHeader } from "@rerun-ts/core/transport";
import { SERVICE } from "./messages.ts";

/** How many messages a call of `WriteMessages` has. */
const CALL_MESSAGES = 100;

const [port, count, messages] = process.argv.slice(2).map(Number) as [number, number, number];
const opening: Buffer[] = [];
const recordings = Array.from({ length: count }, (_, index) => framesOf(`robot${index}`, Math.ceil(messages / count)));
const rounds: Buffer[] = [];
for (let row = 0; rounds.length < messages; row++) for (const frames of recordings) rounds.push(frames[row] as Buffer);

const session = connect(`http://127.0.0.1:${port}`);
await once(session, "connect");
await write(session, opening);
console.log("open");
await once(process.stdin, "data");
await write(session, rounds.slice(0, messages));
console.log("written");
session.close();
process.stdin.unref();

/**
 * The rows of a recording, each in a chunk of its own, as messages of gRPC. The messages that open the recording go to
 * `opening`.
 */
function framesOf(recordingId: string, rows: number): Buffer[] {
  const recording = new RecordingStream("bench", { recordingId, batcher: { flushNumRows: 1 } });
  const memory = recording.memoryRecording();
  for (let row = 0; row < rows; row++) recording.log("speed", new Scalars(row), { time: { frame: row } });
  const frames = readEncodedMessages(memory.drainAsBytes()).map((message) =>
    Buffer.concat([grpcFrameHeader(message), message.payload]),
  );
  opening.push(...frames.slice(0, -rows));
  return frames.slice(-rows);
}

/** Sends messages, some in each call. */
async function write(to: ClientHttp2Session, frames: readonly Buffer[]): Promise<void> {
  for (let at = 0; at < frames.length; at += CALL_MESSAGES) {
    const call = to.request({
      ":method": "POST",
      ":path": `${SERVICE}WriteMessages`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.resume();
    call.end(Buffer.concat(frames.slice(at, at + CALL_MESSAGES)));
    await once(call, "end");
  }
}
