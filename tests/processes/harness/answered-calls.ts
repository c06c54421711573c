import { readFrames, receivedRrd, type Received } from "@rerun-ts/test-support/common/received-messages";
import type { Fate } from "@rerun-ts/test-support/node/tcp-proxy";

const PREFACE_BYTES = 24;
const HEADER_BYTES = 9;
/** Types and flags of frames. Source: RFC 9113, 6. */
const DATA = 0;
const HEADERS = 1;
const END_STREAM = 1;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The state of a call that is in progress. */
interface Call {
  readonly body: Buffer[];
  hasAnswer: boolean;
}

/**
 * Watches the bytes between a client and a server, and derives from them which messages the server has acknowledged:
 * the messages of calls that the server has responded to with a message and has ended. The result is independent of the
 * client's own view.
 */
export class AnsweredCalls {
  /** The acknowledged messages. */
  readonly messages: Received[] = [];
  calls = 0;

  /** The size of the acknowledged messages in bytes. */
  get bytes(): number {
    return this.messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
  }

  /** Watches a further connection, whose bytes pass unchanged. */
  follow(): Fate {
    const calls = new Map<number, Call>();
    const toServer = new FrameReader(PREFACE_BYTES);
    const toClient = new FrameReader(0);
    const callOf = (stream: number): Call => {
      const call = calls.get(stream) ?? { body: [], hasAnswer: false };
      calls.set(stream, call);
      return call;
    };
    return {
      toServer: (piece) => {
        for (const { type, stream, payload } of toServer.push(piece))
          if (type === DATA) callOf(stream).body.push(payload);
        return piece;
      },
      toClient: (piece) => {
        for (const { type, flags, stream } of toClient.push(piece)) {
          if (type === DATA) callOf(stream).hasAnswer = true;
          if (type !== HEADERS || (flags & END_STREAM) === 0) continue;
          const { body, hasAnswer } = callOf(stream);
          calls.delete(stream);
          if (!hasAnswer) continue;
          this.calls++;
          this.messages.push(...readFrames(Buffer.concat(body)));
        }
        return piece;
      },
    };
  }

  /** The acknowledged messages as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.messages);
  }
}

/** Splits one direction of an HTTP/2 connection into frames. */
class FrameReader {
  #skip: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(skip: number) {
    this.#skip = skip;
  }

  push(piece: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const skipped = Math.min(this.#skip, this.#rest.length);
    this.#skip -= skipped;
    let at = skipped;
    const frames: Frame[] = [];
    while (this.#rest.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + this.#rest.readUIntBE(at, 3);
      if (end > this.#rest.length) break;
      const [type, flags] = [this.#rest.readUInt8(at + 3), this.#rest.readUInt8(at + 4)];
      const stream = this.#rest.readUInt32BE(at + 5) & 0x7fffffff;
      frames.push({ type, flags, stream, payload: this.#rest.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }
}
