import type { RecordingStream } from "@rerun-ts/core";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { loadPackage } from "../file/load-package.ts";
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
  const { importTable } = await loadPackage("@rerun-ts/import", "a .parquet file", () => import("@rerun-ts/import"));
  const options = { format: "parquet", columnGrouping: "prefix", entityPath: entityPathPrefix } as const;
  await importTable(recording, await readableSource(source), options);
}
