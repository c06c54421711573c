import { invalidArgument } from "@rerun-ts/core/checks";

/**
 * The greatest limit of a part. Amazon S3 takes 5 GiB in one upload, and a part is larger than its limit by a row and
 * its footer at most.
 */
const MAX_PART_BYTES = 5e9;

/** Checks a limit of parts, which must fit into one upload. @throws {TypeError} that names the argument */
export function checkPartBytes(argument: string, bytes: number): number {
  if (bytes <= MAX_PART_BYTES) return bytes;
  throw invalidArgument(argument, 'at most "5GB", because a part is one upload', bytes);
}
