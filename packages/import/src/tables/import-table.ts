import type { RecordingStream } from "@rerun-ts/core";
import { checkRecording, withRerunErrors } from "@rerun-ts/core/checks";
import { ImportPace } from "@rerun-ts/core/recording";
import { sendChunk } from "@rerun-ts/reading/chunks";
import { openSource, type RrdSource, type RandomAccess } from "@rerun-ts/reading/source";
import { readCsv } from "./read-csv.ts";
import { readParquet } from "./read-parquet.ts";
import type { TableFile } from "./table-batch.ts";
import { tableChunks } from "./table-entities.ts";
import { checkTableImport, type CheckedOptions, type ImportTableOptions } from "./table-options.ts";
import { timelinesOf, withoutMissingTimes } from "./table-times.ts";

/** Facts about an imported table. */
export interface ImportedTable {
  /** The number of rows that were sent. */
  readonly rows: number;
  /** The number of rows that were left out, because they have no time. */
  readonly skippedRows: number;
  /** The number of chunks. */
  readonly chunks: number;
}

/** The first bytes of a Parquet file. */
const PARQUET = "PAR1";

/**
 * Imports a CSV or Parquet file: each row at its times. Columns become the archetypes of `entities`, and others
 * components by their own names. A column named `/entity:Archetype:field`, as in tables of queries, becomes that field.
 *
 * Key-value metadata of a Parquet file become the static property `file_metadata` of the recording, as in Rerun.
 *
 * The types of CSV columns are those that fit all cells: booleans, integers, numbers, ISO dates and times (in UTC
 * unless they have an offset), or else strings. Empty cells are null. A part of the file is in memory: a few megabytes
 * of CSV, or a group of rows of Parquet, which needs the package `hyparquet`. The import waits while slow sinks have
 * data pending, and ends early if the recording is closed.
 *
 * @param source bytes, a `Blob` or `File`, a URL, on Node also a path. Streams are read into memory
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or names a column that does not exist
 * @throws {RerunError} `INVALID_FORMAT` if the file is damaged. The rows before the damage may have been sent
 * @throws {RerunError} `UNSUPPORTED` if a package or a codec is missing, or the error of the source
 *
 * @example
 * await importTable(rec, "walk.csv", {
 *   index: "time",
 *   entities: {
 *     "/position": { as: rr.Points3D, fields: { positions: ["x", "y", "z"] } },
 *     "/battery": { as: rr.Scalars, fields: { scalars: "battery" } },
 *   },
 * });
 */
export function importTable(
  recording: RecordingStream,
  source: RrdSource,
  options: ImportTableOptions = {},
): Promise<ImportedTable> {
  return withRerunErrors(async () => {
    checkRecording(recording, "stats");
    const checked = checkTableImport(options);
    const access = await openSource(source, { signal: options.signal });
    try {
      const file = await openTable(access, checked);
      const timelines = timelinesOf(file.columns, checked.index);
      const taken = new Set(timelines.flatMap(({ position }) => position ?? []));
      const chunksOf = await tableChunks(file.columns, taken, checked);
      const sent = { rows: 0, skippedRows: 0, chunks: 0 };
      const pace = new ImportPace(recording);
      let firstRow = 0;
      if (file.metadata !== undefined && file.metadata.length > 0) {
        const { fileMetadataChunk } = await import("./file-metadata.ts");
        if (sendChunk(recording, fileMetadataChunk(file.metadata), "importTable") === undefined) return sent;
        sent.chunks++;
      }
      for await (const found of file.batches()) {
        const { batch, skipped } = withoutMissingTimes(found, timelines);
        sent.skippedRows += skipped;
        if (batch.rows > 0) {
          const rows = batch.cells[0] ?? [];
          const times = timelines.map(({ position, timesOf }) =>
            timesOf(position === undefined ? rows : (batch.cells[position] ?? []), firstRow),
          );
          for (const chunk of chunksOf(batch, times)) {
            const bytes = sendChunk(recording, chunk, "importTable");
            if (bytes === undefined) return sent;
            sent.chunks++;
            await pace.after(bytes);
          }
        }
        sent.rows += batch.rows;
        firstRow += found.rows;
      }
      return sent;
    } finally {
      await access.close?.();
    }
  });
}

async function openTable(access: RandomAccess, options: CheckedOptions): Promise<TableFile> {
  const { format, delimiter, compressors, batchRows, signal } = options;
  const start = String.fromCharCode(...(await access.read(0, Math.min(PARQUET.length, access.size), { signal })));
  if ((format ?? (start === PARQUET ? "parquet" : "csv")) === "parquet")
    return readParquet(access, { compressors, batchRows, signal });
  return readCsv(access, { delimiter, batchRows, signal });
}
