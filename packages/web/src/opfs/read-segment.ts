import type { EncodedMessage } from "@rerun-ts/core";
import { completeLength } from "@rerun-ts/core/storage";

/** The undamaged part of a segment. */
export interface UndamagedMessages {
  readonly messages: readonly EncodedMessage[];
  /** The size of everything else. */
  readonly damagedBytes: number;
}

/** Reads the messages of a segment with the decoder, which pages load only when there is something to be read. */
export async function readSegment(rrd: Uint8Array): Promise<EncodedMessage[]> {
  const { readEncodedMessages } = await import("@rerun-ts/core/decode");
  return readEncodedMessages(rrd);
}

/** Reads a segment as {@link readSegment} does, except for damaged messages. Never rejects because of its bytes. */
export async function readUndamaged(rrd: Uint8Array): Promise<UndamagedMessages> {
  const length = completeLength(rrd);
  if (length === 0) return { messages: [], damagedBytes: rrd.byteLength };
  const { RrdDecoder, messageEncoder } = await import("@rerun-ts/core/decode");
  const [decoder, encode] = [new RrdDecoder(), messageEncoder()];
  const messages: EncodedMessage[] = [];
  let damagedBytes = rrd.byteLength - length;
  let bytes = rrd.subarray(0, length);
  let left = length;
  for (let before = Infinity; left < before;) {
    before = left;
    try {
      for (const message of decoder.push(bytes)) {
        const end = left;
        left = decoder.rest.byteLength;
        try {
          messages.push(...encode(message));
        } catch {
          damagedBytes += end - left;
        }
      }
      left = decoder.rest.byteLength;
    } catch {
      // The next call continues after the damaged message.
      damagedBytes += left - decoder.rest.byteLength;
      left = decoder.rest.byteLength;
    }
    bytes = new Uint8Array();
  }
  return { messages, damagedBytes: damagedBytes + left };
}

/** The number of rows in a segment, or 0 if the segment is damaged. */
export async function countRows(rrd: Uint8Array): Promise<number> {
  try {
    return (await readSegment(rrd)).reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
  } catch {
    return 0;
  }
}
