import { RerunError } from "@rerun-ts/core";
import { invalidArgument, isUrl } from "@rerun-ts/core/checks";
import { openSource, withNameOf, type RrdSource, type OpenSource } from "@rerun-ts/reading/source";
import { readParquet, type ParquetCompressors } from "../tables/read-parquet.ts";
import type { TableCell, TableFile } from "../tables/table-batch.ts";

/** The files of a dataset: a folder on Node, its URL, or a function to open a file by its path in the dataset. */
export type LeRobotSource = string | URL | ((path: string) => RrdSource | Promise<RrdSource>);

/** The most bytes of a text file with metadata. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;
const BATCH_ROWS = 10_000;

/** Options of reading a dataset. */
export interface DatasetReading {
  readonly compressors: ParquetCompressors | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A row of a Parquet file, by the names of its columns. */
export type TableRow = Readonly<Record<string, TableCell>>;

/** Reads the files of a dataset by their paths in it. Their errors name the path. */
export class DatasetFiles {
  readonly #source: LeRobotSource;
  readonly #options: DatasetReading;

  /** @throws {TypeError} if the value is not a source */
  constructor(source: LeRobotSource, options: DatasetReading) {
    if (typeof source !== "function" && typeof source !== "string" && !isUrl(source))
      throw invalidArgument("source", "the folder or URL of a dataset, or a function that opens its files", source);
    this.#source = source;
    this.#options = options;
  }

  /** Opens a file for a call, and closes it. */
  async with<Result>(path: string, use: (access: OpenSource) => Promise<Result>): Promise<Result> {
    const source = await this.#sourceOf(path);
    const access = await openSource(source, this.#options);
    try {
      return await use(access);
    } catch (error) {
      throw withNameOf(typeof source === "string" || isUrl(source) ? source : path, error);
    } finally {
      await access.close?.();
    }
  }

  text(path: string): Promise<string> {
    return this.with(path, async (access) => {
      if (access.size > MAX_TEXT_BYTES)
        throw new RerunError("INVALID_FORMAT", `${path} has ${access.size} bytes, more than ${MAX_TEXT_BYTES}`);
      return new TextDecoder().decode(await access.read(0, access.size, this.#options));
    });
  }

  /** Opens a Parquet file for a call. */
  table<Result>(path: string, use: (table: TableFile) => Promise<Result>): Promise<Result> {
    return this.with(path, async (access) =>
      use(await readParquet(access, { ...this.#options, batchRows: BATCH_ROWS })),
    );
  }

  /** All rows of a Parquet file. */
  rows(path: string): Promise<TableRow[]> {
    return this.table(path, async (table) => {
      const { columns } = table;
      const rows: TableRow[] = [];
      for await (const batch of table.batches())
        for (let row = 0; row < batch.rows; row++)
          rows.push(Object.fromEntries(columns.map(({ name }, at) => [name, batch.cells[at]?.[row] ?? null])));
      return rows;
    });
  }

  async #sourceOf(path: string): Promise<RrdSource> {
    const source = this.#source;
    if (typeof source === "function") return source(path);
    if (isUrl(source) || /^https?:\/\//i.test(source)) {
      const folder = new URL(source);
      if (!folder.pathname.endsWith("/")) folder.pathname += "/";
      return new URL(path, folder);
    }
    return `${source.replace(/[/\\]+$/, "")}/${path}`;
  }
}
