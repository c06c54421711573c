import { STREAM_HEADER_LENGTH } from "../encode/stream-header.ts";
import { MESSAGE_HEADER_LENGTH } from "../encode/message-frame.ts";
import { isStreamFooter, STREAM_FOOTER_LENGTH } from "./footer.ts";
import { decodeMessageFrame, type MessageFrame } from "./message-frame.ts";
import { decodeMessage, type RrdMessage } from "./messages.ts";
import { decodeStreamHeader, isStreamHeader } from "./stream-header.ts";

/** What comes next in a stream. */
type Expectation = "header" | "message" | "after-end" | "next-stream" | "nothing";

/**
 * Reads `.rrd` streams message by message, as they come: with and without end, with and without footer, several one
 * after the other, cut off anywhere. What makes no sense after a message is left over, as Rerun's own readers do it.
 */
export class RrdDecoder {
  /** Bytes after the last whole message; at the end of the input they are the piece of a message, or garbage. */
  rest: Uint8Array = new Uint8Array(0);
  #expects: Expectation = "header";

  /** Takes the next bytes; yields the messages that they complete. @throws {RerunError} `FORMAT` at a damaged message; reading may go on after it. */
  *push(bytes: Uint8Array): Generator<RrdMessage> {
    this.rest = concat(this.rest, bytes);
    for (;;) {
      if (this.#expects === "header") {
        if (this.rest.byteLength < STREAM_HEADER_LENGTH) return;
        decodeStreamHeader(this.rest);
        this.#take(STREAM_HEADER_LENGTH);
        this.#expects = "message";
      } else if (this.#expects === "message") {
        if (this.rest.byteLength < MESSAGE_HEADER_LENGTH) return;
        const frame = decodeMessageFrame(this.rest);
        if (frame === undefined) {
          // A stream that has no end may be followed by another one.
          this.#expects = isStreamHeader(this.rest) ? "header" : "nothing";
        } else if (this.rest.byteLength < MESSAGE_HEADER_LENGTH + frame.length) {
          return;
        } else {
          yield this.#takeMessage(frame);
        }
      } else if (this.#expects === "after-end") {
        if (this.rest.byteLength < STREAM_HEADER_LENGTH) return;
        if (isStreamHeader(this.rest)) {
          this.#expects = "header";
        } else if (this.rest.byteLength < STREAM_FOOTER_LENGTH) {
          return;
        } else {
          if (isStreamFooter(this.rest)) this.#take(STREAM_FOOTER_LENGTH);
          this.#expects = "next-stream";
        }
      } else if (this.#expects === "next-stream") {
        if (this.rest.byteLength < STREAM_HEADER_LENGTH) return;
        this.#expects = isStreamHeader(this.rest) ? "header" : "nothing";
      } else {
        return;
      }
    }
  }

  #takeMessage(frame: MessageFrame): RrdMessage {
    const payload = this.rest.subarray(MESSAGE_HEADER_LENGTH, MESSAGE_HEADER_LENGTH + frame.length);
    this.#take(MESSAGE_HEADER_LENGTH + frame.length);
    if (frame.kind === "end") this.#expects = "after-end";
    return decodeMessage(frame.kind, payload);
  }

  #take(count: number): void {
    this.rest = this.rest.subarray(count);
  }
}

/** All messages of a whole file. @throws {RerunError} `FORMAT` if it is damaged. */
export function decodeRrd(bytes: Uint8Array): RrdMessage[] {
  return [...new RrdDecoder().push(bytes)];
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.byteLength === 0) return b;
  const bytes = new Uint8Array(a.byteLength + b.byteLength);
  bytes.set(a);
  bytes.set(b, a.byteLength);
  return bytes;
}
