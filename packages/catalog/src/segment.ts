import { RerunError } from "@rerun-ts/core";
import { cloudService } from "./catalog-service.ts";
import { toStoreId } from "@rerun-ts/core/rrd";
import { type IpcBatch, checkChunk, type ChunkInfo } from "@rerun-ts/reading/chunks";
import {
  CachingLoader,
  type LoadedChunk,
  type LoadOptions,
  addManifest,
  chunkIdAt,
  SchemaCache,
  StoreIndex,
  StoreReader,
} from "@rerun-ts/reading/query";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { fetchChunks, maxArrowBytes, readFetchedChunk, type ChunkRow } from "./fetch-chunks.ts";
import { columnOf, limitedParts } from "./server-tables.ts";

/** A dataset, for its segments. */
export interface SegmentOwner {
  readonly calls: CatalogCalls;
  readonly id: string;
  readonly name: string;
  readonly segmentUrl: (segmentId: string) => string;
  readonly layersOf: (segmentId: string, options: CatalogCallOptions) => Promise<readonly string[]>;
  readonly dropLayer: (segmentId: string, layer: string, options: CatalogCallOptions) => Promise<void>;
}

/** A segment of a dataset: a recording on a server. The index is read once, and chunks when they are needed. */
export class Segment extends StoreReader {
  /** The id of the recording, which is unique in the dataset. */
  readonly id: string;
  readonly #owner: SegmentOwner;

  /** @internal Segments come from `DatasetEntry.segment`. */
  constructor(owner: SegmentOwner, id: string, index: StoreIndex, chunks: ReadonlyMap<string, ChunkRow>) {
    super(index, new SegmentLoader(owner, id, chunks));
    this.id = id;
    this.#owner = owner;
  }

  /** The link that opens the segment in a viewer. */
  get url(): string {
    return this.#owner.segmentUrl(this.id);
  }

  /** The current names of its layers. @throws {RerunError} `NOT_FOUND` if the segment does not exist any more */
  layers(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    return this.#owner.layersOf(this.id, options);
  }

  /** Removes a layer from the segment. Without a layer, the segment is removed too. */
  deleteLayer(name: string, options: CatalogCallOptions = {}): Promise<void> {
    return this.#owner.dropLayer(this.id, name, options);
  }
}

/** Reads the index of a segment. Rejects with `NOT_FOUND` if there is none. */
export async function openSegment(owner: SegmentOwner, id: string, options: CatalogCallOptions): Promise<Segment> {
  const doing = `open the segment ${JSON.stringify(id)} of the dataset ${JSON.stringify(owner.name)}`;
  const findReason = async (): Promise<RerunError | undefined> => {
    const layers = await owner.layersOf(id, options);
    return layers.length > 0 ? undefined : new RerunError("NOT_FOUND", `cannot ${doing}: no such segment`);
  };
  const call = { ...options, doing, entryId: owner.id, findReason };
  let index: StoreIndex | undefined;
  const chunks = new Map<string, ChunkRow>();
  const request = { segmentId: { id } };
  const responses = owner.calls.responses(cloudService.method.getRrdManifest, request, call);
  for await (const { rrdManifest } of limitedParts(responses, call, ({ rrdManifest: manifest }) => manifest?.data)) {
    if (rrdManifest === undefined)
      throw new RerunError("UNSUPPORTED", `cannot ${doing}: the server stores its index where only it can read it`);
    index ??= new StoreIndex({ ...toStoreId(rrdManifest.storeId), recordingId: id });
    addRows(chunks, addManifest(index, rrdManifest));
  }
  if (index === undefined) throw new RerunError("NOT_FOUND", `cannot ${doing}: it has no layers`);
  return new Segment(owner, id, index, chunks);
}

function addRows(chunks: Map<string, ChunkRow>, batch: IpcBatch): void {
  const ids = columnOf(batch, "chunk_id")?.values as Uint8Array;
  for (let row = 0; row < batch.rows; row++) {
    const id = chunkIdAt(ids, row);
    if (!chunks.has(id)) chunks.set(id, { batch, row });
  }
}

/** Loads chunks of one segment from a server. */
class SegmentLoader extends CachingLoader {
  readonly #owner: SegmentOwner;
  readonly #doing: string;
  readonly #chunks: ReadonlyMap<string, ChunkRow>;
  readonly #schemas = new SchemaCache();

  constructor(owner: SegmentOwner, id: string, chunks: ReadonlyMap<string, ChunkRow>) {
    super();
    this.#owner = owner;
    this.#doing = `read the segment ${JSON.stringify(id)} of the dataset ${JSON.stringify(owner.name)}`;
    this.#chunks = chunks;
  }

  protected async *loadMissing(
    missing: readonly ChunkInfo[],
    options?: LoadOptions,
  ): AsyncGenerator<Iterable<LoadedChunk>> {
    const infos = new Map(missing.map((info) => [info.id, info]));
    const rows = missing.map(({ id }) => this.#chunks.get(id) as ChunkRow);
    const call = { doing: this.#doing, entryId: this.#owner.id, signal: options?.signal };
    const maxBytes = missing.map(({ place }) => maxArrowBytes(place.length));
    const loaded: LoadedChunk[] = [];
    await fetchChunks(this.#owner.calls, rows, call, maxBytes, (arrow) => {
      const chunk = readFetchedChunk(arrow, this.#schemas, call);
      const info = infos.get(chunk.id);
      if (info === undefined)
        throw new RerunError("INVALID_FORMAT", `cannot ${this.#doing}: the server sent a chunk twice or unasked`);
      infos.delete(chunk.id);
      checkChunk(chunk, info);
      loaded.push({ info, chunk, bytes: arrow.byteLength });
    });
    yield loaded;
  }
}
