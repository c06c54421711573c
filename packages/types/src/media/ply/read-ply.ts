import { InvalidValue } from "@rerun-ts/core/internal";
import { toBytes, type BlobLike } from "../../input/blobs.ts";
import { cutOff } from "./cut-off.ts";

/** Reads the bytes of a file with `read`; what is wrong with them leaves as a `TypeError` that names the argument `ply`. */
export function readPly<T>(ply: BlobLike, read: (bytes: Uint8Array) => T): T {
  try {
    return read(toBytes(ply));
  } catch (error) {
    if (error instanceof InvalidValue) throw error.toError("ply");
    // A view was read beyond its end.
    if (error instanceof RangeError) throw cutOff().toError("ply");
    throw error;
  }
}
