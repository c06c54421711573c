import type { Crc32Of } from "./crc32-of.ts";

/** Pages have no fast calculation of a CRC-32. */
export function crc32ForTls(): Crc32Of | undefined {
  return undefined;
}
