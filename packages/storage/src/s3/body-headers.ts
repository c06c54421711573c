import { isUint8Array } from "@rerun-ts/core/checks";
import { sha256Of } from "../store/sha256-of.ts";
import type { ObjectBody } from "../store/object-store.ts";

/** The headers of an upload by which a server rejects another body, and the beginning of one: some would keep that. */
export type BodyHeaders = Readonly<Record<string, string>>;

/** The header with the SHA-256 that `head` reads. */
export const SHA256 = "x-amz-meta-sha256";
/** The header with the CRC-32 that a server compares. */
const CRC32 = "x-amz-checksum-crc32";
/** The value of a body that is not signed. */
export const UNSIGNED = "UNSIGNED-PAYLOAD";

/** Signs the SHA-256 of a body, if it is known or the body is in memory. */
export async function hashHeaders(body: ObjectBody, sha256?: string): Promise<BodyHeaders> {
  const hash = sha256 ?? (isUint8Array(body) ? await sha256Of(body as BufferSource) : UNSIGNED);
  return { "x-amz-content-sha256": hash, ...(sha256 === undefined ? {} : { [SHA256]: sha256 }) };
}

/** Sends the CRC-32 of a body, which is not signed: only for servers that compare it, and over TLS. */
export function checksumHeaders(crc32: string): BodyHeaders {
  return { "x-amz-content-sha256": UNSIGNED, [CRC32]: crc32 };
}
