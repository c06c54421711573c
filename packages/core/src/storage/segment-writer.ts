import type { StoreId } from "../rrd/encode/encoded-message.ts";
import { encodeMessageHeader } from "../rrd/encode/message-frame.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { encodeStreamHeader } from "../rrd/encode/stream-header.ts";
import type { SegmentFile } from "./segment-file.ts";
import type { StoredMessage } from "./stored-message.ts";

/**
 * Writes one segment: a `.rrd` that is valid by itself, because it begins with a header, and because the information of
 * each store precedes the store's data. A segment has no footer, so that it can be continued, and cut after any
 * message.
 */
export class SegmentWriter<File extends SegmentFile = SegmentFile> {
  readonly file: File;
  /** The length of the complete messages. */
  bytes: number;
  readonly #infoOf: (storeId: StoreId) => StoredMessage | undefined;
  /** The stores whose information is in the segment. */
  readonly #stores = new Set<string>();

  /** @param bytes the length of a segment that is continued */
  constructor(file: File, infoOf: (storeId: StoreId) => StoredMessage | undefined, bytes = 0) {
    this.file = file;
    this.#infoOf = infoOf;
    this.bytes = bytes;
  }

  /**
   * Writes a whole message or nothing. Returns the number of bytes added to the segment.
   * @throws the error of the file
   */
  write(message: StoredMessage): number {
    const store = storeKey(message.storeId);
    const info = message.kind === "storeInfo" || this.#stores.has(store) ? undefined : this.#infoOf(message.storeId);
    const pieces = [
      ...(this.bytes === 0 ? [encodeStreamHeader()] : []),
      ...(info === undefined ? [] : frame(info)),
      ...frame(message),
    ];
    try {
      this.file.write(pieces, this.bytes);
    } catch (error) {
      this.#cut();
      throw error;
    }
    const added = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.bytes += added;
    if (message.kind === "storeInfo" || info !== undefined) this.#stores.add(store);
    return added;
  }

  /** Removes the written part of an incomplete message. */
  #cut(): void {
    try {
      this.file.truncate(this.bytes);
    } catch {
      // The caller reports the first error. Readers skip an incomplete message at the end.
    }
  }
}

function frame({ kind, payload }: StoredMessage): readonly Uint8Array[] {
  return [encodeMessageHeader(kind, payload.byteLength), payload];
}
