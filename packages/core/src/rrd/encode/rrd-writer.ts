import { writeInt64 } from "../../arrow/write-int64.ts";
import { xxh32 } from "../../hash/xxh32.ts";
import { notNegative } from "../../options.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import { ManifestBuilder } from "./manifest.ts";
import { encodeMessageHeader, MESSAGE_HEADER_LENGTH } from "./message-frame.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { storeKey } from "./store-id.ts";
import { encodeStreamHeader, STREAM_HEADER_LENGTH, STREAM_MAGIC } from "./stream-header.ts";

/** The seed of the checksum in a stream's footer. */
const CHECKSUM_SEED = 7850921;
/** One entry: offset, length, checksum; then the magic numbers and the number of entries. */
const STREAM_FOOTER_LENGTH = 32;

/** How a `.rrd` stream ends. */
export interface RrdWriterOptions {
  /** End the stream with a footer, by which readers find chunks without reading it all. Default `true`. */
  footer?: boolean | undefined;
  /** A footer that would be larger than this is left out. Default 64 MiB. */
  maxFooterBytes?: number | undefined;
}

/** Puts messages into one `.rrd` stream. Gives out bytes in their order; the caller writes them. */
export class RrdWriter {
  /** Whether a footer was wanted but would be too large, so that the stream ends without. */
  isFooterDropped = false;
  #position = STREAM_HEADER_LENGTH;
  #manifests: Map<string, ManifestBuilder> | undefined;
  readonly #maxFooterBytes: number;

  constructor(options?: RrdWriterOptions) {
    this.#manifests = options?.footer === false ? undefined : new Map();
    this.#maxFooterBytes = notNegative("maxFooterBytes", options?.maxFooterBytes ?? 64 * 1024 * 1024);
  }

  /** How long the stream is so far. */
  get position(): number {
    return this.#position;
  }

  /** The first bytes of the stream. */
  header(): Uint8Array<ArrayBuffer> {
    return encodeStreamHeader();
  }

  /** Counts a message in; returns the bytes that go before its payload. */
  frame(message: EncodedMessage): Uint8Array<ArrayBuffer> {
    const { kind, payload, storeId } = message;
    const offset = this.#position + MESSAGE_HEADER_LENGTH;
    if (kind === "chunk" && this.#manifests !== undefined) {
      const key = storeKey(storeId);
      let manifest = this.#manifests.get(key);
      if (manifest === undefined) this.#manifests.set(key, (manifest = new ManifestBuilder(storeId)));
      manifest.add(message, offset);
      this.#checkFooterSize();
    }
    this.#position = offset + payload.byteLength;
    return encodeMessageHeader(kind, payload.byteLength);
  }

  /** The last bytes of the stream: the end message and the footer; none if the footer is left out. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#manifests === undefined) return new Uint8Array(0);
    const footer = new ProtobufWriter(4096);
    for (const manifest of this.#manifests.values()) footer.bytes(1, manifest.finish());
    this.#manifests = undefined;
    const payload = footer.finish();
    const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH + payload.byteLength + STREAM_FOOTER_LENGTH);
    const trailer = bytes.byteLength - STREAM_FOOTER_LENGTH;
    const view = new DataView(bytes.buffer);
    bytes.set(encodeMessageHeader("end", payload.byteLength));
    bytes.set(payload, MESSAGE_HEADER_LENGTH);
    writeInt64(view, trailer, this.#position + MESSAGE_HEADER_LENGTH);
    writeInt64(view, trailer + 8, payload.byteLength);
    view.setUint32(trailer + 16, xxh32(payload, CHECKSUM_SEED), true);
    new TextEncoder().encodeInto(`${STREAM_MAGIC}FOOT`, bytes.subarray(trailer + 20));
    view.setUint32(trailer + 28, 1, true);
    this.#position += bytes.byteLength;
    return bytes;
  }

  #checkFooterSize(): void {
    let bytes = 0;
    for (const manifest of this.#manifests?.values() ?? []) bytes += manifest.byteLength;
    if (bytes <= this.#maxFooterBytes) return;
    this.#manifests = undefined;
    this.isFooterDropped = true;
  }
}

/** One complete `.rrd` of these messages. */
export function encodeRrd(messages: readonly EncodedMessage[], options?: RrdWriterOptions): Uint8Array<ArrayBuffer> {
  const writer = new RrdWriter(options);
  const pieces: Uint8Array[] = [writer.header()];
  for (const message of messages) pieces.push(writer.frame(message), message.payload);
  pieces.push(writer.finish());
  const bytes = new Uint8Array(writer.position);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
