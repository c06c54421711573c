import { Buffer } from "node:buffer";
import { env } from "node:process";
import * as zlib from "node:zlib";
import { readBody } from "../store/file-source.ts";
import type { ObjectBody } from "../store/object-store.ts";

/** The CRC-32 of a body, in the base64 of `x-amz-checksum-crc32`. */
export type Crc32Of = (body: ObjectBody) => Promise<string>;

/**
 * The calculation of a CRC-32 for bodies that TLS protects. `undefined` where the platform has no fast one, or does not
 * check who a server is: somebody between could then replace a body by another one with its CRC-32.
 */
export function crc32ForTls(): Crc32Of | undefined {
  // Runtimes that imitate Node may lack the function, so it is not imported by its name.
  const { crc32 } = zlib as { readonly crc32?: typeof zlib.crc32 };
  if (crc32 === undefined || env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") return undefined;
  return async (body) => {
    let value = 0;
    for await (const piece of readBody(body)) value = crc32(piece, value);
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(value);
    return digest.toString("base64");
  };
}
