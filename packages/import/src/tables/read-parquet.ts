import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { lz4DecodeInto } from "@rerun-ts/core/rrd";
import { checkAborted } from "@rerun-ts/core/util";
import { nativeCodecs } from "#native-codecs";
import { decompress } from "fzstd";
import type * as parquet from "hyparquet";
import type { SchemaTree } from "hyparquet";
import { type RandomAccess, TurnCounter, turnOf } from "@rerun-ts/reading/source";
import { lz4OfHadoop } from "./hadoop-lz4.ts";
import { GroupSizes } from "./group-sizes.ts";
import { rowsOfBatch } from "./batch-size.ts";
import { areRuns, checkPages, type DataPage, type ColumnPages } from "./parquet-pages.ts";
import { PARSERS, keepStored, parquetColumn } from "./parquet-types.ts";
import type { TableCell, TableBatch, TableFile } from "./table-batch.ts";

/** The most rows of a group, which is in memory as a whole. Writers make groups of about a million. */
const MAX_GROUP_ROWS = 2 ** 24;
/** No codec shrinks data further in practice: more is taken for damage, before memory is allocated. */
const MAX_RATIO = 10_000;
/** The largest page after decompression that is not compared with its compressed size. */
const SMALL_PAGE_BYTES = 1024 * 1024;
/** The most bytes of metadata that a file may have before its rows. */
const MAX_METADATA_BYTES = 64 * 1024 * 1024;

/** Functions that decompress pages, by codec: those of `hyparquet-compressors`, for example. */
export type ParquetCompressors = Readonly<Record<string, (input: Uint8Array, outputLength: number) => Uint8Array>>;

export interface ReadParquetOptions {
  readonly compressors: ParquetCompressors | undefined;
  readonly batchRows: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens a Parquet file. A group of rows is in memory at a time.
 *
 * @throws {RerunError} `UNSUPPORTED` if the package `hyparquet` is missing, or the file has an unknown codec
 * @throws {RerunError} `INVALID_FORMAT` if it is damaged
 */
export async function readParquet(access: RandomAccess, options: ReadParquetOptions): Promise<TableFile> {
  const { signal } = options;
  const reader = await loadReader();
  const stored: ColumnPages[] = [];
  const file = bufferOf(access, stored, signal);
  return orDamaged(async () => {
    await checkMetadataLength(access, signal);
    const metadata = await reader.parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false });
    checkGroups(metadata);
    const schema = reader.parquetSchema(metadata);
    stored.push(...storedColumns(metadata, schema));
    checkElements(schema);
    const columns = schema.children.map((tree) => ({
      name: tree.element.name,
      ...parquetColumn(tree),
    }));
    checkNames(columns);
    keepStored(schema);
    const compressors = checkingPages({ ...builtIn(reader), ...options.compressors });
    const reading = { file, metadata, compressors, parsers: PARSERS, utf8: false, geoparquet: false };
    const scan = (): Promise<Scan> => orDamaged(() => reader.parquetScan(reading));
    const pairs = metadata.key_value_metadata?.map(({ key, value = "" }) => [key, value] as const);
    return { columns, metadata: pairs, batches: () => batchesOf(scan, columns, options) };
  });
}

type Scan = Awaited<ReturnType<typeof parquet.parquetScan>>;

/** A column of a file: its name, and what turns a stored value into a cell. */
interface NamedColumn extends ReturnType<typeof parquetColumn> {
  readonly name: string;
}

/** The columns of all groups. */
function storedColumns({ row_groups: groups }: parquet.FileMetaData, schema: SchemaTree): ColumnPages[] {
  return groups.flatMap(({ columns }) => {
    const group = new GroupSizes();
    return columns.flatMap(({ meta_data: column }) => {
      if (column === undefined) return [];
      const first = column.dictionary_page_offset;
      const start = Number(first !== undefined && first > 0n ? first : column.data_page_offset);
      const end = start + Number(column.total_compressed_size);
      const isCompressed = column.codec !== "UNCOMPRESSED";
      return {
        start,
        end,
        values: Number(column.num_values),
        isCompressed,
        group,
        ...levelsOf(schema, column.path_in_schema),
      };
    });
  });
}

/** The largest levels of the values of a column. */
function levelsOf(schema: SchemaTree, path: readonly string[]): Pick<ColumnPages, "repetitions" | "definitions"> {
  let [repetitions, definitions] = [0, 0];
  let tree: SchemaTree | undefined = schema;
  for (const name of path) {
    tree = tree?.children.find(({ element }) => element.name === name);
    if (tree?.element.repetition_type === "REPEATED") repetitions++;
    if (tree?.element.repetition_type !== "REQUIRED") definitions++;
  }
  return { repetitions, definitions };
}

/**
 * The file as the reader asks for it.
 * @param stored the columns whose pages are checked before the reader gets them
 */
function bufferOf(
  access: RandomAccess,
  stored: readonly ColumnPages[],
  signal: AbortSignal | undefined,
): parquet.AsyncBuffer {
  const slice = async (start: number, end: number): Promise<ArrayBuffer> => {
    checkAborted(signal);
    const from = start < 0 ? Math.max(0, access.size + start) : start;
    const to = Math.min(access.size, end);
    if (from > to) throw new RangeError(`it refers to bytes ${from} to ${end}, but has ${access.size}`);
    const bytes = await access.read(from, to - from, { signal });
    // A copy if it is a part of something larger.
    const buffer = bytes.byteLength === bytes.buffer.byteLength ? (bytes.buffer as ArrayBuffer) : bytes.slice().buffer;
    const pages = new Map<number, DataPage>();
    for (const column of stored) {
      const { start: first, end: last } = column;
      if (first < from || last > to || first >= last) continue;
      const { reason, compressed } = checkPages(new Uint8Array(buffer, first - from, last - first), column);
      if (reason !== undefined) throw damaged(reason);
      for (const [at, page] of compressed) pages.set(first - from + at, page);
    }
    if (pages.size > 0) compressedPages.set(buffer, pages);
    return buffer;
  };
  return {
    byteLength: access.size,
    slice(start, end = access.size) {
      const reading = slice(start, end);
      // The reader asks for parts that it may never wait for.
      reading.catch(() => {});
      return reading;
    },
  };
}

/** The compressed pages in buffers that the reader has, by their positions. */
const compressedPages = new WeakMap<ArrayBufferLike, ReadonlyMap<number, DataPage>>();

/** Codecs that check the pages that they decompress. */
function checkingPages(compressors: ParquetCompressors): ParquetCompressors {
  const withCheck = (decode: ParquetCompressors[string]): ParquetCompressors[string] => {
    return (input, length) => {
      const output = decode(input, length);
      const page = compressedPages.get(input.buffer)?.get(input.byteOffset);
      if (page !== undefined && !areRuns(output, page)) throw damaged("a page has damaged values");
      return output;
    };
  };
  return Object.fromEntries(Object.entries(compressors).map(([codec, decode]) => [codec, withCheck(decode)]));
}

/** The codecs that need no other package. */
function builtIn({ snappyUncompress }: typeof parquet): ParquetCompressors {
  return {
    SNAPPY: checked((input, length) => {
      const output = new Uint8Array(length);
      snappyUncompress(input, output);
      return output;
    }),
    ZSTD: checked((input, length) => decompress(input, new Uint8Array(length))),
    LZ4: checked(lz4OfHadoop),
    LZ4_RAW: checked((input, length) => {
      const output = new Uint8Array(length);
      if (lz4DecodeInto(input, output, 0) !== length) throw damaged("a page has another size than its header says");
      return output;
    }),
    ...Object.fromEntries(Object.entries(nativeCodecs).map(([codec, decode]) => [codec, checked(decode)])),
  };
}

async function* batchesOf(
  open: () => Promise<Scan>,
  columns: readonly NamedColumn[],
  { batchRows, signal }: ReadParquetOptions,
): AsyncGenerator<TableBatch, void, undefined> {
  const scan = await open();
  const turns = new TurnCounter();
  for (const { rowStart, rowEnd } of scan.ranges) {
    const total = rowEnd - rowStart;
    const group: ArrayLike<unknown>[] = [];
    for (const { name } of columns) {
      const values = await orDamaged(() => scan.readColumn({ column: name, rowStart, rowEnd }));
      if (values.length !== total)
        throw damaged(`the column ${name} has ${values.length} rows, and its group ${total}`);
      group.push(values);
      // Decoding a column may take a tenth of a second, and a source in memory never waits.
      if (turns.isDue(total)) await turnOf(signal);
    }
    for (let from = 0, rows = 0; from < total; from += rows) {
      checkAborted(signal);
      rows = rowsOfBatch(group, from, Math.min(batchRows, total - from));
      const first = from;
      yield { rows, cells: columns.map((column, index) => cellsOf(column, group[index] ?? [], first, rows)) };
    }
  }
}

function cellsOf({ convert }: NamedColumn, values: ArrayLike<unknown>, from: number, rows: number): TableCell[] {
  return Array.from({ length: rows }, (_, row) => {
    const value = values[from + row];
    return value === null || value === undefined ? null : convert(value);
  });
}

async function checkMetadataLength(access: RandomAccess, signal: AbortSignal | undefined): Promise<void> {
  if (access.size < 12) throw damaged(`it has ${access.size} bytes`);
  const end = await access.read(access.size - 8, 8, { signal });
  const length = new DataView(end.buffer, end.byteOffset, 8).getUint32(0, true);
  if (length > Math.min(access.size, MAX_METADATA_BYTES)) throw damaged(`its metadata has ${length} bytes`);
}

/** Checks that all parts of the schema have a name. */
function checkElements({ children }: SchemaTree): void {
  for (const child of children) {
    if (typeof (child.element.name as unknown) !== "string") throw damaged("a column has no name");
    checkElements(child);
  }
}

/** Checks that columns have distinct names, by which they are read. */
function checkNames(columns: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name))
      throw new RerunError("INVALID_FORMAT", `the Parquet file has two columns with the name ${JSON.stringify(name)}`);
    names.add(name);
  }
}

/** Checks the numbers of rows before memory is allocated for them. */
function checkGroups({ row_groups: groups }: parquet.FileMetaData): void {
  for (const { num_rows: rows, columns } of groups) {
    if (rows < 0n || rows > BigInt(MAX_GROUP_ROWS))
      throw new RerunError("UNSUPPORTED", `a group of the Parquet file has ${rows} rows, more than ${MAX_GROUP_ROWS}`);
    for (const { meta_data: column } of columns) {
      const codec = column?.codec;
      if (column !== undefined && column.num_values > BigInt(MAX_GROUP_ROWS) * 64n)
        throw damaged(`a column of a group has ${column.num_values} values in codec ${String(codec)}`);
    }
  }
}

function checked(
  decode: (input: Uint8Array, outputLength: number) => Uint8Array,
): (input: Uint8Array, outputLength: number) => Uint8Array {
  return (input, outputLength) => {
    if (!(outputLength >= 0 && outputLength <= SMALL_PAGE_BYTES + input.byteLength * MAX_RATIO))
      throw damaged(`a page of ${input.byteLength} bytes has ${outputLength} without compression`);
    return decode(input, outputLength);
  };
}

/** Turns the errors of the reader into those of this SDK. */
async function orDamaged<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isRerunError(error)) throw error;
    const message = messageOf(error);
    if (message.includes("unsupported compression codec"))
      throw new RerunError(
        "UNSUPPORTED",
        `${message}: pass it in \`compressors\`, such as those of hyparquet-compressors`,
        {
          cause: error,
        },
      );
    throw damaged(message, error);
  }
}

function damaged(reason: string, cause?: unknown): RerunError {
  return new RerunError("INVALID_FORMAT", `the Parquet file is damaged: ${reason}`, { cause });
}

async function loadReader(): Promise<typeof parquet> {
  try {
    return await import("hyparquet");
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", "reading Parquet needs a package: npm install hyparquet", { cause });
  }
}
