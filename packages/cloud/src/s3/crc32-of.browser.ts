import type { Crc32Of } from "./crc32-of.ts";

/** Pages have no fast function for a CRC-32. */
export const crc32Of: Crc32Of | undefined = undefined;
