import { concatBytes } from "../../bytes/concat-bytes.ts";
import { MESSAGE_HEADER_LENGTH } from "../encode/message-frame.ts";
import { STREAM_HEADER_LENGTH } from "../encode/stream-header.ts";
import { isStreamFooter, STREAM_FOOTER_LENGTH } from "./footer.ts";
import { decodeMessageFrame, type MessageFrame } from "./decode-message-frame.ts";
import { decodeMessage, type RrdMessage } from "./decode-message.ts";
import { decodeStreamHeader, isStreamHeader } from "./decode-stream-header.ts";

/** The next item of a stream. */
type Expectation = "header" | "message" | "after-end" | "next-stream" | "nothing";

/**
 * Decodes `.rrd` streams message by message while their bytes arrive.
 *
 * Accepts the same input as Rerun's own readers: streams with and without end message and footer, several in sequence,
 * and truncated ones. Bytes after the last message are left in `rest`. The decoder collects incomplete input without
 * copying it, so decoding takes linear time for pieces of any size. Messages refer to the memory of the input, which
 * must not change while they are used.
 */
export class RrdDecoder {
  #expects: Expectation = "header";
  /** The pieces of an incomplete item, which are joined only when it is complete. */
  #pieces: Uint8Array[] = [];
  /** The total length of the pieces. */
  #length = 0;
  /** The number of bytes that are needed to continue. */
  #needed = 0;

  /** The bytes after the last complete message: at the end of the input a truncated message, or garbage. */
  get rest(): Uint8Array {
    return this.#join();
  }

  /**
   * Adds the next bytes, and yields the completed messages.
   * @throws {RerunError} `INVALID_FORMAT` at a malformed message. The next call continues after it
   */
  *push(bytes: Uint8Array): Generator<RrdMessage> {
    this.#pieces.push(bytes);
    this.#length += bytes.byteLength;
    while (this.#length >= this.#needed) {
      const rest = this.#join();
      if (this.#expects === "header") {
        if (this.#lacks(STREAM_HEADER_LENGTH)) return;
        decodeStreamHeader(rest);
        this.#take(STREAM_HEADER_LENGTH);
        this.#expects = "message";
      } else if (this.#expects === "message") {
        if (this.#lacks(MESSAGE_HEADER_LENGTH)) return;
        const frame = decodeMessageFrame(rest);
        if (frame === undefined) {
          // A stream without an end message may be followed by another stream.
          this.#expects = isStreamHeader(rest) ? "header" : "nothing";
        } else {
          if (this.#lacks(MESSAGE_HEADER_LENGTH + frame.length)) return;
          yield this.#takeMessage(rest, frame);
        }
      } else if (this.#expects === "after-end") {
        if (this.#lacks(STREAM_HEADER_LENGTH)) return;
        if (isStreamHeader(rest)) {
          this.#expects = "header";
        } else {
          if (this.#lacks(STREAM_FOOTER_LENGTH)) return;
          if (isStreamFooter(rest)) this.#take(STREAM_FOOTER_LENGTH);
          this.#expects = "next-stream";
        }
      } else if (this.#expects === "next-stream") {
        if (this.#lacks(STREAM_HEADER_LENGTH)) return;
        this.#expects = isStreamHeader(rest) ? "header" : "nothing";
      } else {
        return;
      }
    }
  }

  /** Whether there are fewer bytes. They are then not examined again until there are enough. */
  #lacks(count: number): boolean {
    const lacks = this.#length < count;
    this.#needed = lacks ? count : 0;
    return lacks;
  }

  #takeMessage(rest: Uint8Array, frame: MessageFrame): RrdMessage {
    const payload = rest.subarray(MESSAGE_HEADER_LENGTH, MESSAGE_HEADER_LENGTH + frame.length);
    this.#take(MESSAGE_HEADER_LENGTH + frame.length);
    if (frame.kind === "end") this.#expects = "after-end";
    return decodeMessage(frame.kind, payload);
  }

  #take(count: number): void {
    this.#pieces = [this.#join().subarray(count)];
    this.#length -= count;
  }

  #join(): Uint8Array {
    if (this.#pieces.length !== 1) this.#pieces = [concatBytes(this.#pieces)];
    return this.#pieces[0] as Uint8Array;
  }
}

/** Decodes all messages of a complete `.rrd`. @throws {RerunError} `INVALID_FORMAT` if it is malformed */
export function decodeRrd(bytes: Uint8Array): RrdMessage[] {
  return [...new RrdDecoder().push(bytes)];
}
