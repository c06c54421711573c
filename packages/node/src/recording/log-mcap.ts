import type { RecordingStream } from "@rerun-ts/core";
import type * as mcap from "@rerun-ts/mcap";
import { internalsOf } from "@rerun-ts/core/recording";
import type { BlobLike, BlobWithType } from "@rerun-ts/types";
import { missingPackage } from "../file/missing-package.ts";
import { readableSource } from "../file/readable-source.ts";

/** Whether a file name has the extension of MCAP files. */
export function isMcap(name: string): boolean {
  return /\.mcap$/i.test(name);
}

/**
 * Logs an MCAP file. One warning lists the data that cannot be converted. Rejects with `UNSUPPORTED` if the package
 * that reads MCAP files is missing, and with `INVALID_FORMAT` if the source is not an MCAP file.
 *
 * @param source the path of the file, or its contents
 */
export async function logMcap(
  recording: RecordingStream,
  name: string,
  source: string | BlobLike | BlobWithType,
): Promise<void> {
  const { importMcap } = await loadMcap();
  const { problems } = await importMcap(recording, await readableSource(source));
  const [first] = problems;
  if (first === undefined) return;
  const where = first.topic === undefined ? "" : ` (topic ${first.topic})`;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more; \`importMcap\` reports them all`;
  internalsOf(recording).notice(`${name}: a part cannot be converted: ${first.reason}${where}${more}`);
}

async function loadMcap(): Promise<typeof mcap> {
  try {
    return await import("@rerun-ts/mcap");
  } catch (cause) {
    throw missingPackage("@rerun-ts/mcap", "reading MCAP files", cause);
  }
}
