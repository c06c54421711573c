import { RerunError } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames, withRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { storeKey } from "@rerun-ts/core/rrd";
import type { Damage } from "../source/frame-reader.ts";
import { openSource, withNameOf, type RrdSource } from "../source/open-source.ts";
import type { OpenSource, RandomAccess, ReadOptions } from "../source/random-access.ts";
import { FileLoader } from "../store/file-loader.ts";
import { readFooter, type NoFooter } from "../store/read-footer.ts";
import { readManifest } from "../store/read-manifest.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { SharedFields } from "../store/shared-fields.ts";
import type { StoreIndex } from "../store/store-index.ts";
import type { RecordingInfo } from "./recording-info.ts";
import { chooseRecording, type RecordingChoice } from "./choose-recording.ts";
import { RecordingReader } from "./recording-reader.ts";
import { scanStores } from "./scan-stores.ts";

/** Options of {@link openRrd}. */
export interface OpenRrdOptions extends ReadOptions {
  /**
   * Way of reading the source: `"lazy"` reads the footer and then only the requested parts. `"stream"` reads everything
   * once, and finds all damage. `"auto"` is lazy if there is a footer. Default `"auto"`.
   */
  mode?: "auto" | "lazy" | "stream" | undefined;
  /** The bytes of decompressed chunks kept for later queries, with 5 kB for the objects of each. Default 64 MiB. */
  maxCacheBytes?: number | undefined;
}

const KNOWN: OptionNames<OpenRrdOptions> = { mode: 1, maxCacheBytes: 1, signal: 1 };

/**
 * Opens a recording to read it. Completely saved recordings have a footer. Then only the footer is read at first, and
 * later the requested chunks. Otherwise everything is read once.
 *
 * @param source bytes, a `Blob` or `File`, a URL, a stream, a {@link RandomAccess}, or on Node a path
 * @throws {RerunError} `INVALID_ARGUMENT` if `source` or an option is wrong
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `INVALID_FORMAT` if it is not a recording, `IO_ERROR`,
 * `CONNECTION` or `SERVER` if it cannot be read, `ABORTED`
 *
 * @example
 * await using file = await openRrd("robot.rrd");
 * const table = await file.recording().query({ index: "frame", contents: "/arm/**" }).toTable();
 */
export function openRrd(source: RrdSource, options: OpenRrdOptions = {}): Promise<RrdFile> {
  return withRerunErrors(async () => {
    checkOptions("openRrd", options, KNOWN);
    const { mode = "auto" } = options;
    if (!["auto", "lazy", "stream"].includes(mode)) throw invalidArgument("mode", '"auto", "lazy" or "stream"', mode);
    nonNegative("maxCacheBytes", options.maxCacheBytes ?? 0);
    const access = await openSource(source, options);
    try {
      return await open(access, mode, options);
    } catch (error) {
      await access.close?.();
      throw withNameOf(source, error);
    }
  });
}

async function open(access: OpenSource, mode: "auto" | "lazy" | "stream", options: OpenRrdOptions): Promise<RrdFile> {
  const schemas = new SchemaCache(new SharedFields());
  const damage: Damage[] = [];
  const indexed = mode === "stream" ? undefined : await readIndex(access, options);
  if (indexed !== undefined && "missing" in indexed && mode === "lazy")
    throw new RerunError("INVALID_FORMAT", `\`mode: "lazy"\` needs a usable footer: ${indexed.missing}`);
  const isLazy = indexed !== undefined && !("missing" in indexed);
  const stores = isLazy ? indexed : (await scanStores(access, schemas, damage, options)).all;
  const notices = isLazy || indexed === undefined ? [] : [`all of the source was read: ${indexed.missing}`];
  return new RrdFile(access, stores, new FileLoader(access, schemas, options.maxCacheBytes), damage, notices, isLazy);
}

/** The stores that the footer describes, or the reason why it cannot be used. */
async function readIndex(access: RandomAccess, options: ReadOptions): Promise<readonly StoreIndex[] | NoFooter> {
  const footer = await readFooter(access, options);
  if ("missing" in footer) return footer;
  if (footer.manifests.length === 0) return { missing: "the footer describes no recording" };
  try {
    const stores = footer.manifests.map(readManifest);
    // The footer includes columns and types of such chunks, but Rerun ignores these chunks.
    if (stores.some(({ chunks }) => chunks.some(({ rows }) => rows === 0)))
      return { missing: "the footer has columns of chunks without rows" };
    const sources = new Map(footer.storeInfos.map(({ storeId, source }) => [storeKey(storeId), source]));
    for (const store of stores) store.source = sources.get(storeKey(store.storeId));
    return stores;
  } catch (error) {
    if (error instanceof RerunError) return { missing: `the footer cannot be read: ${error.message}` };
    throw error;
  }
}

/** A part of a recording that was left out. */
export interface LeftOutPart {
  /** The index of the part among the sources, or its name. */
  readonly source: number | string;
  /** The message of the error. */
  readonly reason: string;
}

/** An open file with recordings and blueprints. */
export class RrdFile {
  /** Unreadable parts, in the order of the file. With a footer, damage is found only in chunks that are read. */
  readonly damage: readonly Damage[];
  /** Remarks on the reading of the source, such as the reason for an unused footer. Lost data is not among them. */
  readonly notices: readonly string[];
  /** Parts that are damaged, and were left out. Only `openParts` of `@rerun-ts/storage` leaves parts out. */
  readonly leftOut: readonly LeftOutPart[];
  /** Whether the footer is used, and chunks are read on request. */
  readonly isLazy: boolean;
  readonly #access: OpenSource;
  readonly #readers: readonly RecordingReader[];

  /** @internal Files come from {@link openRrd}. */
  constructor(
    access: OpenSource,
    stores: readonly StoreIndex[],
    loader: FileLoader,
    damage: readonly Damage[],
    notices: readonly string[],
    isLazy: boolean,
    leftOut: readonly LeftOutPart[] = [],
  ) {
    this.leftOut = leftOut;
    this.#access = access;
    this.#readers = stores.map((store) => new RecordingReader(store, loader));
    this.damage = damage;
    this.notices = notices;
    this.isLazy = isLazy;
  }

  /** The recordings in the order of the file, without blueprints. */
  get recordings(): readonly RecordingInfo[] {
    return this.#readers.map(({ info }) => info).filter(({ kind }) => kind === "recording");
  }

  /** The blueprints in the order of the file. */
  get blueprints(): readonly RecordingInfo[] {
    return this.#readers.map(({ info }) => info).filter(({ kind }) => kind === "blueprint");
  }

  /**
   * A recording or blueprint of the file.
   *
   * @param which its id, or more of its properties, such as an element of {@link recordings} or {@link blueprints}.
   * Default: the only recording
   * @throws {TypeError} if `which` is wrong
   * @throws {RerunError} `NOT_FOUND` if there is none, `INVALID_ARGUMENT` if there are several
   */
  recording(which?: string | RecordingChoice): RecordingReader {
    return chooseRecording(this.#readers, which);
  }

  /**
   * The source.
   *
   * @internal For `compareRrd`.
   */
  get source(): OpenSource {
    return this.#access;
  }

  /**
   * Releases the source. Data read so far stays valid. Queries of a file that still have to read reject with `CLOSED`.
   */
  async close(): Promise<void> {
    await this.#access.close?.();
  }

  /** Releases the source, as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
