import { RerunError } from "@rerun-ts/core";

/** Rejects with `UNSUPPORTED`, because only Node writes paths. */
export async function writePath(path: string | URL, _bytes: AsyncIterable<Uint8Array>): Promise<void> {
  throw new RerunError("UNSUPPORTED", `files can only be written on Node; use \`encode\` instead of ${String(path)}`);
}
