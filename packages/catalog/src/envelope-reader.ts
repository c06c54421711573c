import { Code, ConnectError } from "@connectrpc/connect";
import { concatBytes } from "@rerun-ts/core/util";
import { MAX_CATALOG_MESSAGE_BYTES } from "./catalog-transport.ts";

/** A message of a gRPC response, with the flags before it. */
export interface Envelope {
  readonly flags: number;
  readonly data: Uint8Array;
}

/** A byte of flags, and the length of the message. */
const HEAD_BYTES = 5;
const COMPRESSED = 1;

/** Divides the pieces of a gRPC response into messages. Messages within one piece are not copied. */
export class EnvelopeReader {
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headSize = 0;
  /** The pieces of the incomplete message. Memory grows with the received bytes, not with the announced length. */
  #parts: Uint8Array[] = [];
  #missing = 0;

  /** The messages that are complete with this piece. */
  read({ buffer, byteOffset, byteLength }: Uint8Array): Envelope[] {
    // Node's `Buffer` is slower, and its `slice` does not copy.
    const piece = new Uint8Array(buffer, byteOffset, byteLength);
    const envelopes: Envelope[] = [];
    for (let at = 0; at < piece.length || this.#isEmpty();) {
      if (this.#headSize < HEAD_BYTES) {
        const end = Math.min(piece.length, at + HEAD_BYTES - this.#headSize);
        this.#head.set(piece.subarray(at, end), this.#headSize);
        this.#headSize += end - at;
        at = end;
        if (this.#headSize === HEAD_BYTES) this.#missing = this.#length();
        continue;
      }
      const part = piece.subarray(at, at + this.#missing);
      at += part.length;
      this.#missing -= part.length;
      this.#parts.push(part);
      if (this.#missing > 0) break;
      envelopes.push({ flags: this.#head[0] as number, data: joined(this.#parts) });
      this.#parts = [];
      this.#headSize = 0;
    }
    return envelopes;
  }

  /** Ends the response. @throws {ConnectError} if a message has begun */
  end(): void {
    if (this.#headSize > 0) throw new ConnectError("premature end of the response", Code.DataLoss);
  }

  /** Whether the message that has begun is complete without a byte. */
  #isEmpty(): boolean {
    return this.#headSize === HEAD_BYTES && this.#missing === 0;
  }

  #length(): number {
    const length = new DataView(this.#head.buffer).getUint32(1);
    if (((this.#head[0] as number) & COMPRESSED) !== 0)
      throw new ConnectError("the message is compressed, which was not asked for", Code.Internal);
    if (length > MAX_CATALOG_MESSAGE_BYTES)
      throw new ConnectError(`the message claims to have ${length} bytes`, Code.ResourceExhausted);
    return length;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return concatBytes(parts);
}
