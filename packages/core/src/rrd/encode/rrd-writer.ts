import { writeInt64 } from "../../arrow/write-int64.ts";
import { getOrAdd } from "../../collections/get-or-add.ts";
import { xxh32 } from "../../hash/xxh32.ts";
import { nonNegative } from "../../checks/option-names.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import { ManifestBuilder } from "./manifest.ts";
import { encodeMessageHeader, MESSAGE_HEADER_LENGTH } from "./message-frame.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";
import { storeKey } from "./store-id.ts";
import { encodeStreamHeader, STREAM_HEADER_LENGTH, STREAM_MAGIC } from "./stream-header.ts";

/** The seed of the checksum in a stream's footer. */
export const CHECKSUM_SEED = 7850921;
/** The length of a stream's footer: one entry (offset, length, checksum), the magic numbers, the number of entries. */
const STREAM_FOOTER_LENGTH = 32;

/** Options of `.rrd` streams. */
export interface RrdWriterOptions {
  /**
   * Whether the stream ends with a footer. Readers use it to find chunks without reading everything. Default `true`.
   */
  footer?: boolean | undefined;
  /** The largest memory in bytes for making the footer. A larger one is left out. Default 64 MiB. */
  maxFooterBytes?: number | undefined;
}

/** The same for parts of recordings, which this SDK reads by their footers only. */
interface RrdPartOptions extends RrdWriterOptions {
  /** Whether the footer is also written if Rerun refuses it, because timelines have the same name there. */
  allowConflicts?: boolean | undefined;
}

/**
 * Writes messages as one `.rrd` stream.
 *
 * The writer does no output. The caller writes the bytes of `header`, then for each message the bytes of `frame`
 * followed by the payload, and at the end the bytes of `finish`. This way payloads are never copied. The writer holds
 * only the data for the footer. If that exceeds its limit, the writer releases it, and the stream ends without a
 * footer, which all readers accept. It also does if two timelines have the same name in a footer, such as `sim time`
 * and `sim_time`: Rerun would not open the file.
 */
export class RrdWriter {
  /** The approximate number of bytes of the footer while it is made. */
  footerBytes = 0;
  #position = STREAM_HEADER_LENGTH;
  #manifests: Map<string, ManifestBuilder> | undefined;
  readonly #maxFooterBytes: number;
  readonly #allowsConflicts: boolean;
  /** The reason why there is no footer. */
  #reason: string | undefined;

  constructor(options?: RrdPartOptions) {
    this.#manifests = options?.footer === false ? undefined : new Map();
    this.#maxFooterBytes = nonNegative("maxFooterBytes", options?.maxFooterBytes ?? 64 * 1024 * 1024);
    this.#allowsConflicts = options?.allowConflicts === true;
  }

  /** Whether the footer is left out though an option wants it. */
  get isFooterDropped(): boolean {
    return this.#reason !== undefined;
  }

  /** The length of the stream so far in bytes. */
  get position(): number {
    return this.#position;
  }

  /** The first bytes of the stream. */
  header(): Uint8Array<ArrayBuffer> {
    return encodeStreamHeader();
  }

  /**
   * Adds a message to the stream. Returns the bytes that precede its payload. A chunk without a manifest is not in the
   * footer.
   */
  frame(message: EncodedMessage): Uint8Array<ArrayBuffer> {
    const { kind, payload, storeId, manifest } = message;
    const offset = this.#position + MESSAGE_HEADER_LENGTH;
    if (manifest !== undefined && this.#manifests !== undefined) {
      const builder = getOrAdd(this.#manifests, storeKey(storeId), () => new ManifestBuilder(storeId));
      const before = builder.byteLength;
      builder.add(message, manifest, offset);
      this.footerBytes += builder.byteLength - before;
      if (this.footerBytes > this.#maxFooterBytes) {
        this.dropFooter("it would be larger than `maxFooterBytes`");
      }
    }
    this.#position = offset + payload.byteLength;
    return encodeMessageHeader(kind, payload.byteLength);
  }

  /** Leaves out the footer. */
  dropFooter(reason: string): void {
    if (this.#manifests === undefined) return;
    this.#manifests = undefined;
    this.#reason = reason;
  }

  /**
   * Ends the stream. Returns its last bytes: the end message and the footer, or none if the footer is left out.
   *
   * @param onDropped receives the reason why it is left out, unless it is by option. Default: a warning on the console
   */
  finish(onDropped: (reason: string) => void = warn): Uint8Array<ArrayBuffer> {
    const reason = this.#reason ?? this.#conflict();
    if (reason !== undefined) onDropped(reason);
    if (reason !== undefined || this.#manifests === undefined) return new Uint8Array(0);
    const footer = new ProtobufWriter();
    for (const manifest of this.#manifests.values()) footer.message(1, manifest.finish());
    this.#manifests = undefined;
    const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH + footer.byteLength + STREAM_FOOTER_LENGTH);
    const trailer = bytes.byteLength - STREAM_FOOTER_LENGTH;
    const view = new DataView(bytes.buffer);
    const payload = bytes.subarray(MESSAGE_HEADER_LENGTH, trailer);
    bytes.set(encodeMessageHeader("end", payload.byteLength));
    footer.copyTo(payload, 0);
    writeInt64(view, trailer, this.#position + MESSAGE_HEADER_LENGTH);
    writeInt64(view, trailer + 8, payload.byteLength);
    view.setUint32(trailer + 16, xxh32(payload, CHECKSUM_SEED), true);
    new TextEncoder().encodeInto(`${STREAM_MAGIC}FOOT`, bytes.subarray(trailer + 20));
    view.setUint32(trailer + 28, 1, true);
    this.#position += bytes.byteLength;
    return bytes;
  }

  #conflict(): string | undefined {
    for (const { conflict } of this.#allowsConflicts ? [] : (this.#manifests?.values() ?? [])) {
      if (conflict === undefined) continue;
      const [one, other] = conflict.map((name) => JSON.stringify(name));
      return `Rerun cannot tell the timelines ${one} and ${other} apart there; rename one of them`;
    }
    return undefined;
  }
}

function warn(reason: string): void {
  console.warn(`[rerun] the recording has no footer: ${reason}`);
}

/** Encodes messages as one complete `.rrd`. */
export function encodeRrd(messages: readonly EncodedMessage[], options?: RrdPartOptions): Uint8Array<ArrayBuffer> {
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
