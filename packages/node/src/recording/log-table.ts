import type { RecordingStream } from "@rerun-ts/core";
import type * as importer from "@rerun-ts/import";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { missingPackage } from "../file/missing-package.ts";
import { readableSource } from "../file/readable-source.ts";

/** Whether a file name has the extension of Parquet files. */
export function isParquet(name: string): boolean {
  return /\.parquet$/i.test(name);
}

/**
 * Logs the rows of a Parquet file on the timeline `row_index`, as Rerun's importer does. Rejects with `UNSUPPORTED` if
 * a package that reads Parquet files is missing, and with `INVALID_FORMAT` if the file is damaged.
 *
 * @param source the path of the file, or its contents
 */
export async function logParquet(
  recording: RecordingStream,
  source: string | BlobLike | BlobWithType,
  { entityPathPrefix }: LogFileOptions = {},
): Promise<void> {
  const { importTable } = await loadImporter();
  const options = { format: "parquet", columnGrouping: "prefix", entityPath: entityPathPrefix } as const;
  await importTable(recording, await readableSource(source), options);
}

async function loadImporter(): Promise<typeof importer> {
  try {
    return await import("@rerun-ts/import");
  } catch (cause) {
    throw missingPackage("@rerun-ts/import", "a .parquet file", cause);
  }
}
