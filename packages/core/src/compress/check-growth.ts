import { RerunError } from "../errors/rerun-error.ts";

/** Bytes that any compressed message of a recording may have: a field of almost 2 GiB, which may be all zeros. */
const MESSAGE_BYTES = 2 ** 31;
/** Larger data may have this many bytes for each compressed byte. */
const FACTOR = 16;

/**
 * Checks a size before memory is allocated for it, because a few kilobytes can expand to gigabytes.
 *
 * @param stored the number of compressed bytes
 * @param size the number of bytes that they claim to have without compression
 * @param allowed the number of bytes that even the smallest data may have. Default: that of messages of recordings
 * @throws {RerunError} `INVALID_FORMAT` if the size is too large, or no size
 */
export function checkGrowth(stored: number, size: number, allowed: number = MESSAGE_BYTES): void {
  const limit = allowed + stored * FACTOR;
  if (size >= 0 && size <= limit) return;
  throw new RerunError(
    "INVALID_FORMAT",
    `${stored} compressed bytes claim to have ${size} bytes without compression, more than ${limit}`,
  );
}
