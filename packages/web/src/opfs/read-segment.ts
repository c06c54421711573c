import type { EncodedMessage } from "@rerun-ts/core";

/** Reads the messages of a segment with the decoder, which pages load only when there is something to be read. */
export async function readSegment(rrd: Uint8Array): Promise<EncodedMessage[]> {
  const { readEncodedMessages } = await import("@rerun-ts/core/decode");
  return readEncodedMessages(rrd);
}

/** The number of rows in a segment, or 0 if the segment is damaged. */
export async function countRows(rrd: Uint8Array): Promise<number> {
  try {
    return (await readSegment(rrd)).reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
  } catch {
    return 0;
  }
}
