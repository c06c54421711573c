import { RerunError } from "@rerun-ts/core";
import { checkOptions, didYouMean, invalidArgument, suggestName, withRerunErrors } from "@rerun-ts/core/checks";
import { EntryKind, LanceTableSchema, cloudService, type EntryDetailsMessage } from "./catalog-service.ts";
import { create, toBinary } from "@bufbuild/protobuf";
import { Schema } from "apache-arrow";
import { writeIpcSchema } from "@rerun-ts/reading/chunks";
import type { CatalogCall, CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { entryDetails, type EntryDetails } from "./catalog-entry.ts";
import { checkNonEmptyText } from "./check-texts.ts";
import { datasetOfMessage, openDatasetEntry, type DatasetEntry } from "./dataset-entry.ts";
import { entryIdMessage } from "./entry-id.ts";
import { checkEntryName } from "./entry-name.ts";
import { tableOf, type TableEntry } from "./table-entry.ts";
import { uploadObject, type StageObjectOptions, type UploadSource } from "./upload.ts";

/** The version of a server. */
export interface CatalogVersion {
  /** The version as text. */
  readonly version: string;
  /** The cloud provider of the server, such as `aws`, if any. */
  readonly cloudProvider: string | undefined;
  /** The region in that cloud, such as `us-east-1`, if any. */
  readonly cloudRegion: string | undefined;
  /** The names of optional features. */
  readonly features: readonly string[];
}

/** The user of a connection. */
export interface CatalogUser {
  /** The id of the user. `undefined` without a token. */
  readonly userId: string | undefined;
  /** Whether the user may read. */
  readonly canRead: boolean;
  /** Whether the user may change entries. */
  readonly canWrite: boolean;
  /** Abilities of the server, such as `dataset:find_chunks`. */
  readonly capabilities: readonly string[];
}

/** The speed of a connection. */
export interface CatalogBenchmark {
  /** The time of a call, in milliseconds. */
  readonly rttMs: number;
  /** The rate of downloads. `undefined` if it is too fast to be measured. */
  readonly bytesPerSecond: number | undefined;
}

/** Options of listing entries. */
export interface ListOptions extends CatalogCallOptions {
  /** Whether to list datasets of blueprints and assets, and tables of the server, too. Default `false`. */
  includeHidden?: boolean | undefined;
}

/** An entry by its name or its id. */
export type EntryChoice = string | { readonly id: string };

const DATASETS = [EntryKind.DATASET];
const HIDDEN_DATASETS = [EntryKind.DATASET, EntryKind.BLUEPRINT_DATASET, EntryKind.ASSET_DATASET];
/** The names of hidden entries begin with this. */
const HIDDEN = "__";

/** A catalog: the datasets and tables of a server. Returned by `connectCatalog`. */
export class CatalogClient {
  /** The version of the server. */
  readonly version: CatalogVersion;
  /** The user's rights, and the features of the server. */
  readonly user: CatalogUser;
  readonly #calls: CatalogCalls;

  /** @internal Clients come from `connectCatalog`. */
  constructor(calls: CatalogCalls, version: CatalogVersion, user: CatalogUser) {
    this.#calls = calls;
    this.version = version;
    this.user = user;
  }

  /** The URL of the catalog, e.g. `rerun+http://127.0.0.1:51234`. */
  get url(): string {
    return this.#calls.url.href;
  }

  /** All datasets, then all tables. */
  async entries(options: ListOptions = {}): Promise<readonly (DatasetEntry | TableEntry)[]> {
    return [...(await this.datasets(options)), ...(await this.tables(options))];
  }

  /** The datasets, sorted by name. @throws {RerunError} `AUTH`, or the error of the connection */
  async datasets(options: ListOptions = {}): Promise<readonly DatasetEntry[]> {
    const kinds = options.includeHidden === true ? HIDDEN_DATASETS : DATASETS;
    const found = await this.#find("list the datasets", kinds, options);
    const read = ({ id, name }: EntryDetails): Promise<DatasetEntry | undefined> =>
      ifThere(openDatasetEntry(this.#calls, id, `open the dataset ${JSON.stringify(name)}`, options));
    return (await Promise.all(found.map(read))).filter((dataset) => dataset !== undefined);
  }

  /** The tables, sorted by name. @throws {RerunError} `AUTH`, or the error of the connection */
  async tables(options: ListOptions = {}): Promise<readonly TableEntry[]> {
    const found = await this.#find("list the tables", [EntryKind.TABLE], options);
    const shown = options.includeHidden === true ? found : found.filter(({ name }) => !name.startsWith(HIDDEN));
    const read = ({ id, name }: EntryDetails): Promise<TableEntry | undefined> =>
      ifThere(this.#readTable(id, `open the table ${JSON.stringify(name)}`, options));
    return (await Promise.all(shown.map(read))).filter((table) => table !== undefined);
  }

  /** The names of all datasets, followed by those of all tables. */
  async entryNames(options: ListOptions = {}): Promise<readonly string[]> {
    return [...(await this.datasetNames(options)), ...(await this.tableNames(options))];
  }

  /** The names of the datasets, sorted. */
  async datasetNames(options: ListOptions = {}): Promise<readonly string[]> {
    const kinds = options.includeHidden === true ? HIDDEN_DATASETS : DATASETS;
    return (await this.#find("list the datasets", kinds, options)).map(({ name }) => name);
  }

  /** The names of the tables, sorted. */
  async tableNames(options: ListOptions = {}): Promise<readonly string[]> {
    const names = (await this.#find("list the tables", [EntryKind.TABLE], options)).map(({ name }) => name);
    return options.includeHidden === true ? names : names.filter((name) => !name.startsWith(HIDDEN));
  }

  /**
   * A dataset by its name, or by its id as `{ id }`. Datasets of blueprints and assets have names, too.
   *
   * @throws {RerunError} `NOT_FOUND` if there is none, `INVALID_ARGUMENT` if the argument is wrong
   */
  getDataset(which: EntryChoice, options: CatalogCallOptions = {}): Promise<DatasetEntry> {
    return withRerunErrors(async () => {
      const doing = `open the dataset ${titleOf(which)}`;
      const id = await this.#idOf(which, "dataset", HIDDEN_DATASETS, doing, options);
      return openDatasetEntry(this.#calls, id, doing, options);
    });
  }

  /**
   * A table by its name, or by its id as `{ id }`.
   *
   * @throws {RerunError} `NOT_FOUND` if there is none, `INVALID_ARGUMENT` if the argument is wrong
   */
  getTable(which: EntryChoice, options: CatalogCallOptions = {}): Promise<TableEntry> {
    return withRerunErrors(async () => {
      const doing = `open the table ${titleOf(which)}`;
      const id = await this.#idOf(which, "table", [EntryKind.TABLE], doing, options);
      return this.#readTable(id, doing, options);
    });
  }

  /**
   * Creates a dataset.
   *
   * @param options with `existOk`, a dataset that is there already is returned
   * @throws {RerunError} `ALREADY_EXISTS` if there is one, `INVALID_ARGUMENT` if the name is wrong
   */
  createDataset(name: string, options: CatalogCallOptions & { existOk?: boolean } = {}): Promise<DatasetEntry> {
    return withRerunErrors(async () => {
      checkEntryName(name);
      checkOptions("createDataset", options, { existOk: "boolean", signal: 1 });
      const call = this.#creating("create", "dataset", name, options);
      try {
        const { dataset } = await this.#calls.unary(cloudService.method.createDatasetEntry, { name }, call);
        return datasetOfMessage(this.#calls, dataset);
      } catch (error) {
        const isThere = error instanceof RerunError && error.code === "ALREADY_EXISTS";
        if (!isThere || options.existOk !== true) throw error;
        return this.getDataset(name, options);
      }
    });
  }

  /**
   * Creates a table without rows.
   *
   * @param options `url` is the address of its storage. Default: the server decides
   * @throws {RerunError} `ALREADY_EXISTS` if the name exists, `INVALID_ARGUMENT` if the name or the schema is wrong
   */
  createTable(
    name: string,
    schema: Schema,
    options: CatalogCallOptions & { url?: string | undefined } = {},
  ): Promise<TableEntry> {
    return withRerunErrors(async () => {
      checkEntryName(name);
      checkOptions("createTable", options, { url: 1, signal: 1 });
      if (!(schema instanceof Schema)) throw invalidArgument("schema", "a schema of apache-arrow", schema);
      const call = this.#creating("create", "table", name, options);
      const provider = options.url === undefined ? {} : { providerDetails: lanceTable(options.url) };
      const message = { name, schema: { arrowSchema: writeIpcSchema(schema) as Uint8Array<ArrayBuffer> }, ...provider };
      const { table } = await this.#calls.unary(cloudService.method.createTableEntry, message, call);
      return tableOf(this.#calls, table);
    });
  }

  /**
   * Adds a table that is stored somewhere already, in the format of Lance.
   *
   * @throws {RerunError} `ALREADY_EXISTS` if there is one, `NOT_FOUND` if there is nothing at the URL
   */
  registerTable(name: string, url: string, options: CatalogCallOptions = {}): Promise<TableEntry> {
    return withRerunErrors(async () => {
      checkEntryName(name);
      const call = this.#creating("register", "table", name, options);
      const message = { name, providerDetails: lanceTable(checkNonEmptyText("url", url)) };
      const { tableEntry } = await this.#calls.unary(cloudService.method.registerTable, message, call);
      return tableOf(this.#calls, tableEntry);
    });
  }

  /**
   * Uploads an object to the storage of the catalog, without registering it. Resolves to its URL there.
   *
   * @throws {RerunError} `ALREADY_EXISTS` if the key is taken, `UNSUPPORTED` if the server takes no uploads, `NOT_FOUND`
   * or `IO_ERROR` if the file cannot be read, or the error of the connection
   */
  stage(source: UploadSource, options: StageObjectOptions): Promise<string> {
    return withRerunErrors(async () => {
      checkOptions("stage", options, { key: 1, onProgress: "function", signal: 1, existOk: "boolean" });
      return uploadObject(this.#calls, source, options);
    });
  }

  /**
   * Measures the connection: the shortest time of some small calls, and the rate of a large one.
   *
   * @param options the number of bytes, default 16 MiB, and of small calls, default 5
   */
  async benchmark(
    options: CatalogCallOptions & { numBytes?: number; numPings?: number } = {},
  ): Promise<CatalogBenchmark> {
    const { numBytes = 16 * 1024 * 1024, numPings = 5, signal } = options;
    const call = { doing: "measure the connection", signal };
    const timeOf = async (count: number): Promise<number> => {
      const start = performance.now();
      const request = { numBytes: BigInt(count) };
      for await (const part of this.#calls.responses(cloudService.method.doBandwidthTest, request, call)) void part;
      return performance.now() - start;
    };
    const pings: number[] = [];
    while (pings.length < numPings) pings.push(await timeOf(1));
    const rttMs = Math.min(...pings);
    const ms = (await timeOf(numBytes)) - rttMs;
    return { rttMs, bytesPerSecond: ms > 0 ? (numBytes / ms) * 1000 : undefined };
  }

  /** Closes the connection. Calls in flight reject with `CLOSED`, as later ones do. */
  close(): void {
    this.#calls.close();
  }

  /** Closes the connection, as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** A call that creates an entry. */
  #creating(verb: string, kind: string, name: string, { signal }: CatalogCallOptions): CatalogCall {
    const doing = `${verb} the ${kind} ${JSON.stringify(name)}`;
    const findReason = async (): Promise<RerunError | undefined> => {
      const names = await this.entryNames({ includeHidden: true, signal });
      if (!names.includes(name)) return undefined;
      return new RerunError("ALREADY_EXISTS", `cannot ${doing}: the name is taken`);
    };
    return { signal, doing, findReason };
  }

  async #readTable(id: string, doing: string, { signal }: CatalogCallOptions): Promise<TableEntry> {
    const call = { doing, signal };
    const { table } = await this.#calls.unary(cloudService.method.readTableEntry, { id: entryIdMessage(id) }, call);
    return tableOf(this.#calls, table);
  }

  async #find(
    doing: string,
    entryKinds: readonly EntryKind[],
    { signal }: CatalogCallOptions,
  ): Promise<readonly EntryDetails[]> {
    const filter = { entryKinds: [...entryKinds] };
    const { entries } = await this.#calls.unary(cloudService.method.findEntries, { filter }, { doing, signal });
    return entries.flatMap((entry: EntryDetailsMessage) => entryDetails(entry) ?? []).sort(byName);
  }

  async #idOf(
    which: EntryChoice,
    kind: string,
    kinds: readonly EntryKind[],
    doing: string,
    options: CatalogCallOptions,
  ): Promise<string> {
    if (typeof which === "object" && which !== null) return which.id;
    const name = checkNonEmptyText("name", which, `the name of a ${kind}, or { id }`);
    const found = await this.#find(doing, kinds, options);
    const entry = found.find((each) => each.name === name);
    if (entry !== undefined) return entry.id;
    const names = found.map((each) => each.name).filter((each) => !each.startsWith(HIDDEN));
    const meant = suggestName(name, names);
    const hint = meant === undefined ? "" : `: ${didYouMean(name, meant)}`;
    throw new RerunError("NOT_FOUND", `cannot ${doing}: ${this.url} has no such ${kind}${hint}`);
  }
}

function titleOf(which: unknown): string {
  return typeof which === "string" ? JSON.stringify(which) : `with the id ${String(Object(which).id)}`;
}

function byName(a: EntryDetails, b: EntryDetails): number {
  return a.name < b.name ? -1 : 1;
}

/** The result, or `undefined` if the entry was deleted since it was listed. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RerunError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function lanceTable(tableUrl: string): { readonly typeUrl: string; readonly value: Uint8Array<ArrayBuffer> } {
  const value = toBinary(LanceTableSchema, create(LanceTableSchema, { tableUrl }));
  return { typeUrl: `/${LanceTableSchema.typeName}`, value };
}
