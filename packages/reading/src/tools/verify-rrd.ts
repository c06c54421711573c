import { RerunError } from "@rerun-ts/core";
import { MESSAGE_HEADER_LENGTH, findConflict, storeKey } from "@rerun-ts/core/rrd";
import { openSource, type RrdSource } from "../source/open-source.ts";
import type { Damage } from "../source/frame-reader.ts";
import { withProgress, type RandomAccess, type ReadOptions, type ReadProgress } from "../source/random-access.ts";
import { scan } from "../source/scan.ts";
import { StoreSet } from "../reading/scan-stores.ts";
import { checkOptions, messageOf, withRerunErrors } from "@rerun-ts/core/checks";
import { pushAll, getOrAdd } from "@rerun-ts/core/util";
import { checkChunk } from "../store/check-chunk.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { ChunkIdSet } from "../store/chunk-id-set.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import { checkTimelines, describeChunk } from "../store/describe-chunk.ts";
import { readFooter } from "../store/read-footer.ts";
import { entryForOnce, readManifest } from "../store/read-manifest.ts";
import { SchemaCache } from "../store/schema-cache.ts";

/** Options of {@link verifyRrd}. */
export interface VerifyOptions extends ReadOptions {
  /** Whether a correct footer is required. Default `true`. */
  checkFooters?: boolean | undefined;
  /** Receives how much was read, every few megabytes. Default: nothing. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** Result of {@link verifyRrd}. */
export interface VerifyReport {
  /** The number of undamaged chunks. */
  readonly chunks: number;
  /** The problems, or an empty list. */
  readonly problems: readonly VerifyProblem[];
}

/** A problem of a recording. */
export interface VerifyProblem {
  /** Description of the problem. */
  readonly reason: string;
  /** Offset in the source, if the problem is in one place. */
  readonly offset: number | undefined;
}

/**
 * Reads everything, and reports problems for readers: damage, chunks with an unknown format, and a missing or wrong
 * footer.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source is wrong
 * @throws {RerunError} `INVALID_FORMAT` if it does not begin as a recording, or the error of the source
 */
export function verifyRrd(source: RrdSource, options: VerifyOptions = {}): Promise<VerifyReport> {
  return withRerunErrors(async () => {
    checkOptions("verifyRrd", options, { checkFooters: "boolean", onProgress: "function", signal: 1 });
    const access = withProgress(await openSource(source, options), options.onProgress);
    try {
      const damage: Damage[] = [];
      const schemas = new SchemaCache();
      const stores = new StoreSet();
      const problems: VerifyProblem[] = [];
      const index = options.checkFooters === false ? undefined : await readIndex(access, options);
      const foundChunks = new FoundChunks(index);
      for await (const messages of scan(access, damage, options)) {
        for (const { message, offset } of messages) {
          // Chunks of Rerun before 0.26 lack the application id, which an earlier store info provides.
          if (message.kind === "storeInfo") stores.of(message.storeId);
          if (message.kind !== "chunk") continue;
          try {
            const { storeId } = stores.of(stores.resolve(message.storeId));
            const place = { offset, length: message.payload.byteLength };
            const chunk = ChunkData.read(message.readArrow(), schemas);
            const { info } = describeChunk(chunk, place);
            // Rerun ignores chunks without rows.
            if (info.rows > 0) checkTimelines(chunk.layout);
            const entry = foundChunks.add(storeKey(storeId), info);
            if (entry !== undefined) checkChunk(chunk, entryForOnce(entry));
          } catch (error) {
            problems.push({ reason: messageOf(error), offset: offset - MESSAGE_HEADER_LENGTH });
          }
        }
      }
      for (const { reason, offset } of damage) problems.push({ reason, offset });
      if (index?.problem === undefined) pushAll(problems, foundChunks.differences());
      // An unreadable footer is damage, too, unless it was reported already.
      else if (!damage.some(({ offset }) => offset === index.problem?.offset)) problems.push(index.problem);
      return {
        chunks: foundChunks.size,
        problems: problems.sort((a, b) => (a.offset ?? Infinity) - (b.offset ?? Infinity)),
      };
    } finally {
      await access.close?.();
    }
  });
}

/**
 * The entries of a footer, by store and by the id of the chunk, and the reason if some are missing. A chunk that a
 * server received twice is twice in its file and in the footer.
 */
interface FooterIndex {
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, readonly ChunkInfo[]>>;
  readonly problem?: VerifyProblem;
  /** The position of the footer. */
  readonly offset?: number | undefined;
}

async function readIndex(access: RandomAccess, options: ReadOptions): Promise<FooterIndex> {
  const entries = new Map<string, Map<string, ChunkInfo[]>>();
  const footer = await readFooter(access, { ...options, isAnyWriterTrusted: true });
  if ("missing" in footer) return { entries, problem: { reason: footer.missing, offset: footer.offset } };
  try {
    for (const manifest of footer.manifests) {
      const { storeId, chunks, timelines, columns } = readManifest(manifest);
      const names = timelines.map(({ name }) => name);
      const conflict = findConflict(names, columns)?.map((name) => JSON.stringify(name));
      if (conflict !== undefined)
        throw new RerunError("INVALID_FORMAT", `Rerun cannot tell the timelines ${conflict.join(" and ")} apart there`);
      const ofStore = getOrAdd(entries, storeKey(storeId), () => new Map<string, ChunkInfo[]>());
      for (const info of chunks) getOrAdd(ofStore, info.id, () => []).push(info);
    }
    return { entries, offset: footer.offset };
  } catch (error) {
    if (!(error instanceof RerunError)) throw error;
    return { entries, problem: { reason: `the footer cannot be read: ${error.message}`, offset: footer.offset } };
  }
}

/** The chunks of a source, compared with the entries of its footer. */
class FoundChunks {
  readonly #index: FooterIndex | undefined;
  readonly #ids = new Map<string, ChunkIdSet>();
  /** The entries whose chunk is where they say, with the length that it has. */
  readonly #lengths = new Map<ChunkInfo, number>();
  /** The chunks that the footer lists under another store. */
  #misplaced = 0;
  /** The first of the chunks with an id that has no entry. */
  readonly #unknown: VerifyProblem[] = [];
  /** The number of different chunks. */
  size = 0;

  constructor(index: FooterIndex | undefined) {
    this.#index = index;
  }

  /** Adds a chunk. Returns the first entry with its id. */
  add(store: string, { id, place }: ChunkInfo): ChunkInfo | undefined {
    const ids = getOrAdd(this.#ids, store, () => new ChunkIdSet());
    const isNew = !ids.has(id);
    if (isNew) {
      ids.add(id);
      this.size++;
    }
    const entries = this.#index?.entries.get(store)?.get(id);
    const entry = entries?.find((one) => one.place.offset === place.offset);
    if (entry !== undefined) this.#lengths.set(entry, place.length);
    if (entries === undefined && this.#isElsewhere(id, place)) return undefined;
    const isUnknown = isNew && entries === undefined && this.#index !== undefined && this.#index.problem === undefined;
    if (isUnknown) this.#unknown.push({ reason: "the footer lacks this chunk", offset: place.offset });
    return entries?.[0];
  }

  /** Whether the footer lists a chunk under another store. Counts the chunk then. */
  #isElsewhere(id: string, { offset, length }: ChunkInfo["place"]): boolean {
    for (const ofStore of this.#index?.entries.values() ?? []) {
      const entry = ofStore.get(id)?.find(({ place }) => place.offset === offset);
      if (entry === undefined) continue;
      this.#lengths.set(entry, length);
      this.#misplaced++;
      return true;
    }
    return false;
  }

  /** The chunks that differ from their entries in the footer, and those without an entry. */
  differences(): readonly VerifyProblem[] {
    const problems: VerifyProblem[] = [];
    if (this.#misplaced > 0) {
      const reason = `the footer lists ${this.#misplaced} chunks under another recording or blueprint than their own`;
      problems.push({ reason, offset: this.#index?.offset });
    }
    for (const ofStore of this.#index?.entries.values() ?? []) {
      for (const entry of [...ofStore.values()].flat()) {
        const { id, place } = entry;
        const length = this.#lengths.get(entry);
        if (length === place.length) continue;
        const is = length === undefined ? "it is not" : `it has ${length}`;
        const has = length === undefined ? "" : ` with ${place.length} bytes`;
        problems.push({ reason: `the footer says that chunk ${id} is here${has}, but ${is}`, offset: place.offset });
      }
    }
    return [...problems, ...this.#unknown];
  }
}
