import { RerunError } from "@rerun-ts/core";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { Place } from "../source/place-groups.ts";
import type { PlaceReader } from "../source/place-reader.ts";
import { scratch } from "../source/scratch.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import type { ChunkEntry } from "./chunk-entry.ts";
import { GrowingRows, OBJECT_BYTES } from "./growing-rows.ts";
import { JoinedId } from "./joined-id.ts";
import { SmallChunkReader, type SmallChunk } from "./small-chunk-reader.ts";

/** The size of the id of a row, and of its times on two timelines. */
const ROW_BYTES = 32;

/** The entry of chunks that are joined. */
export type JoinedEntry = Pick<ChunkEntry, "id" | "source" | "joins">;

/** Rows of an entry that has some of its chunks. */
interface GrowingEntry {
  readonly entry: JoinedEntry;
  id: JoinedId | undefined;
  rows: GrowingRows | undefined;
}

/** Joins small chunks once more, whose rows were not kept when they were joined in the first pass. */
export class ChunkRejoiner {
  readonly #reader: SmallChunkReader<undefined>;
  /** The memory of the chunk that is read. */
  readonly #memory = scratch();

  constructor(schemas: SchemaCache) {
    this.#reader = new SmallChunkReader(schemas);
  }

  /**
   * The rows of entries of one source, whose chunks are read in the order of the source.
   *
   * @throws {RerunError} `INVALID_FORMAT` if the source has other chunks now
   */
  async join(entries: readonly JoinedEntry[], source: PlaceReader): Promise<ReadonlyMap<JoinedEntry, ChunkData>> {
    const growing = entries.map((entry): GrowingEntry => ({ entry, id: undefined, rows: undefined }));
    const places: Place[] = [];
    const owners: GrowingEntry[] = [];
    for (const own of growing) {
      const { offsets = [], lengths = [] } = own.entry.joins ?? {};
      for (const [index, offset] of offsets.entries()) {
        places.push({ offset, length: lengths[index] as number });
        owners.push(own);
      }
    }
    await source.readEach(places, (payload, index) => this.#append(payload, owners[index] as GrowingEntry));
    return new Map(growing.map((own) => [own.entry, finish(own)]));
  }

  #append(payload: Uint8Array, own: GrowingEntry): void {
    const message = decodeMessage("chunk", payload) as ChunkMessage;
    const chunk: SmallChunk<undefined> | undefined = this.#reader.read(message.readArrow(this.#memory));
    if (chunk === undefined) throw changed(own.entry);
    own.rows ??= new GrowingRows(chunk);
    if (!own.rows.append(chunk)) throw changed(own.entry);
    (own.id ??= new JoinedId(chunk.id)).add(chunk.id);
  }
}

function finish({ entry, id, rows }: GrowingEntry): ChunkData {
  if (rows === undefined || String(id) !== entry.id) throw changed(entry);
  return rows.finish(entry.id, undefined);
}

function changed({ source }: JoinedEntry): RerunError {
  return new RerunError("INVALID_FORMAT", `source ${source} has changed since it was read for the first time`);
}

/** The size of the rows of small chunks that are joined once more. */
export function joinedSize({ rows, componentBytes }: ChunkEntry): number {
  return componentBytes.reduce((sum, bytes) => sum + bytes, rows * ROW_BYTES + OBJECT_BYTES);
}
