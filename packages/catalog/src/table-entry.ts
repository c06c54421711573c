import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { LanceTableSchema, TableInsertMode, cloudService, type TableEntryMessage } from "./catalog-service.ts";
import { fromBinary } from "@bufbuild/protobuf";
import { Table, type RecordBatch, type Schema } from "apache-arrow";
import { tableBatches } from "@rerun-ts/reading/chunks";
import type { TableColumns } from "./batch-of-columns.ts";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { CatalogEntry, entryDetails, type EntryDetails } from "./catalog-entry.ts";
import { openDatasetEntry, type DatasetEntry } from "./dataset-entry.ts";
import { entryIdMessage, entryIdText } from "./entry-id.ts";
import { layoutName, registerHidden, withSegments } from "./hidden-datasets.ts";
import { batchesOfPart, schemaOfMessage, tablePart, toRecordBatch } from "./server-tables.ts";

/** Rows for a table: a table, a batch, an Arrow IPC stream, several of these, or the values of columns by name. */
export type TableRows =
  | TableColumns
  | Table
  | RecordBatch
  | Uint8Array
  | Iterable<Table | RecordBatch | Uint8Array>
  | AsyncIterable<Table | RecordBatch | Uint8Array>;

/** Options of {@link TableEntry.registerBlueprint}. */
export interface RegisterTableBlueprintOptions extends CatalogCallOptions {
  /** Whether the layout becomes the default. Default `true`. */
  setDefault?: boolean | undefined;
}

/** A table of a catalog. */
export class TableEntry extends CatalogEntry {
  #message: TableEntryMessage;
  /** The URL of its storage, or `undefined` for a table of the server itself. */
  readonly storageUrl: string | undefined;

  /** @internal Tables come from a `CatalogClient`. */
  constructor(calls: CatalogCalls, details: EntryDetails, message: TableEntryMessage) {
    super(calls, details);
    this.#message = message;
    this.storageUrl = storageUrlOf(message);
  }

  /** The hidden dataset whose segments are the layouts of the table, or `undefined` if there is none. */
  async blueprintDataset(options: CatalogCallOptions = {}): Promise<DatasetEntry | undefined> {
    const id = this.#message.tableDetails?.blueprintDataset;
    if (id === undefined) return undefined;
    return openDatasetEntry(this.calls, entryIdText(id), `open the blueprints of ${this.title}`, options);
  }

  /** The names of the layouts. */
  async blueprints(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    return (await (await this.blueprintDataset(options))?.segmentIds(options)) ?? [];
  }

  /** The name of the default layout, or `undefined` if there is none. */
  defaultBlueprint(): string | undefined {
    return this.#message.tableDetails?.defaultBlueprintSegment?.id;
  }

  /**
   * Registers a layout of the table from a `.rbl` file. A layout with the same name is replaced.
   *
   * @param url the URL of the file as the server reads it, or the result of `CatalogClient.stage`
   * @returns the name of the layout
   */
  registerBlueprint(url: string, options: RegisterTableBlueprintOptions = {}): Promise<string> {
    return withRerunErrors(async () => {
      checkOptions("registerBlueprint", options, { setDefault: "boolean", signal: 1 });
      const { setDefault = true, signal } = options;
      const hidden = {
        title: this.title,
        contents: "blueprints" as const,
        open: (more: CatalogCallOptions) => this.blueprintDataset(more),
        create: (more: CatalogCallOptions) => this.#update({}, more),
      };
      const { id } = await registerHidden(hidden, url, { signal });
      if (setDefault) await this.setDefaultBlueprint(id, { signal });
      return id;
    });
  }

  /** Sets the default layout. @param name the name of a layout, or `undefined` for none */
  setDefaultBlueprint(name: string | null | undefined, options: CatalogCallOptions = {}): Promise<void> {
    return withRerunErrors(async () => this.#update({ defaultBlueprintSegment: layoutName(name) }, options));
  }

  async #update(changes: Readonly<Record<string, string | undefined>>, options: CatalogCallOptions): Promise<void> {
    const message = { id: entryIdMessage(this.id), tableDetails: withSegments(this.#message.tableDetails, changes) };
    const call = { ...options, doing: `change the default blueprint of ${this.title}`, entryId: this.id };
    const { table } = await this.calls.unary(cloudService.method.updateTableEntry, message, call);
    if (table !== undefined) this.#message = table;
  }

  /** The columns. @throws {RerunError} `NOT_FOUND` if the table is not there any more, or the error of the connection */
  async arrowSchema(options: CatalogCallOptions = {}): Promise<Schema> {
    const call = { ...options, doing: `read the schema of ${this.title}` };
    const { schema } = await this.calls.unary(
      cloudService.method.getTableSchema,
      { tableId: entryIdMessage(this.id) },
      call,
    );
    return schemaOfMessage(schema);
  }

  /**
   * Yields all rows, batch by batch. Leaving the loop ends the call.
   *
   * @throws {RerunError} `NOT_FOUND` if the table is not there any more, `INVALID_FORMAT` if the server sends damaged
   * data, or the error of the connection
   */
  scan(options: CatalogCallOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
    return yieldingRerunErrors(this.#batches(options));
  }

  async *#batches(options: CatalogCallOptions): AsyncGenerator<RecordBatch, void, undefined> {
    const call = { ...options, doing: `read ${this.title}` };
    const request = { tableId: entryIdMessage(this.id) };
    for await (const { dataframePart } of this.calls.responses(cloudService.method.scanTable, request, call))
      for (const batch of batchesOfPart(dataframePart)) if (batch.rows > 0) yield toRecordBatch(batch);
  }

  /** All rows in one table. @throws {RerunError} the errors of {@link scan} */
  toTable(options: CatalogCallOptions = {}): Promise<Table> {
    return withRerunErrors(async () => {
      const batches: RecordBatch[] = [];
      for await (const batch of this.#batches(options)) batches.push(batch);
      const [first] = batches;
      return first === undefined ? new Table(await this.arrowSchema(options), []) : new Table(first.schema, batches);
    });
  }

  /**
   * Adds rows.
   *
   * @example
   * await table.append({ id: [1, 2], score: [0.5, 0.7] });
   * @throws {RerunError} `INVALID_ARGUMENT` if the rows are none or do not fit the columns, or the error of the
   * connection
   */
  append(rows: TableRows, options: CatalogCallOptions = {}): Promise<void> {
    return this.#write("append to", TableInsertMode.APPEND, rows, options);
  }

  /** Replaces all rows. @throws {RerunError} the errors of {@link append} */
  overwrite(rows: TableRows, options: CatalogCallOptions = {}): Promise<void> {
    return this.#write("overwrite", TableInsertMode.OVERWRITE, rows, options);
  }

  /**
   * Replaces the rows whose index is there already, and adds the others. The index is the column whose field has the
   * metadata `rerun:is_table_index`.
   *
   * @throws {RerunError} the errors of {@link append}, and an error if the column does not exist
   */
  upsert(rows: TableRows, options: CatalogCallOptions = {}): Promise<void> {
    return this.#write("upsert rows of", TableInsertMode.REPLACE, rows, options);
  }

  async #ofColumns(columns: TableColumns, options: CatalogCallOptions): Promise<RecordBatch> {
    const { batchOfColumns } = await import("./batch-of-columns.ts");
    return batchOfColumns(await this.arrowSchema(options), columns, this.title);
  }

  #write(verb: string, insertMode: TableInsertMode, rows: TableRows, options: CatalogCallOptions): Promise<void> {
    return withRerunErrors(async () => {
      const all = isNamed(rows) ? await this.#ofColumns(rows, options) : rows;
      const call = { ...options, doing: `${verb} ${this.title}`, entryId: this.id };
      await this.calls.send(cloudService.method.writeTable, parts(all, insertMode), call);
    });
  }
}

/** The values of columns by name. @throws {TypeError} if rows are something else */
function isNamed(rows: TableRows): rows is TableColumns {
  if (tableBatches(rows, "rows") !== undefined || isIterable(rows)) return false;
  if (typeof rows === "object" && rows !== null && Object.getPrototypeOf(rows) === Object.prototype) return true;
  throw invalidArgument(
    "rows",
    "a table, a batch, an Arrow IPC stream, an iterable of these, or arrays by column",
    rows,
  );
}

function isIterable(rows: unknown): boolean {
  return typeof rows === "object" && rows !== null && (Symbol.iterator in rows || Symbol.asyncIterator in rows);
}

/** The messages that write rows: one for each batch. */
async function* parts(
  rows: Exclude<TableRows, TableColumns>,
  insertMode: TableInsertMode,
): AsyncGenerator<{ dataframePart: ReturnType<typeof tablePart>; insertMode: TableInsertMode }> {
  const own = tableBatches(rows, "rows");
  const all = own === undefined ? (rows as Iterable<unknown> | AsyncIterable<unknown>) : [rows];
  for await (const each of all) {
    const batches = tableBatches(each, "rows");
    if (batches === undefined) throw invalidArgument("rows", "tables, batches or Arrow IPC streams", each);
    for (const batch of batches) {
      const columns = batch.schema.fields.map((_, index) => batch.column(index));
      yield { dataframePart: tablePart(batch.schema, columns, batch.rows), insertMode };
    }
  }
}

function storageUrlOf({ providerDetails }: TableEntryMessage): string | undefined {
  const { typeUrl = "", value = new Uint8Array(0) } = providerDetails ?? {};
  if (!typeUrl.endsWith(`/${LanceTableSchema.typeName}`)) return undefined;
  try {
    return fromBinary(LanceTableSchema, value).tableUrl;
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", "the catalog sent a table whose URL cannot be read", { cause: error });
  }
}

/** The table of a message. */
export function tableOf(calls: CatalogCalls, message: TableEntryMessage | undefined): TableEntry {
  const details = entryDetails(message?.details);
  if (message === undefined || details === undefined)
    throw new RerunError("INVALID_FORMAT", "the catalog sent something else than a table");
  return new TableEntry(calls, details, message);
}
