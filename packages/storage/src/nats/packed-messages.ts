import { RerunError, type ChunkManifest, type EncodedMessage, type ManifestRange, type StoreId } from "@rerun-ts/core";
import {
  ACTIVATION,
  BARE_CHUNK,
  EMPTY,
  FIRST_SHAPE,
  OWN_RANGES,
  type StoredComponent,
  type PackTable,
} from "./pack-records.ts";

/** The bytes of one time range, and of the parts of a record without ranges. */
const RANGE_BYTES = 16;
const START_BYTES = 8;
const ID_BYTES = 16;
const ROWS_BYTES = 12;
const COMPONENT_BYTES = 8;

/** The messages of a pack: an array of them, or {@link PackedMessages}. */
export interface PackMessages extends Iterable<EncodedMessage> {
  readonly length: number;
  slice(start: number, end: number): PackMessages;
  /** Whether all are chunks of a recording with times, so that no later part repeats any. Arrays do not know. */
  readonly isTemporal?: boolean;
}

/** Facts that many chunks share. */
interface Shape {
  readonly entityPath: string;
  readonly timelines: ChunkManifest["timelines"];
  readonly components: readonly StoredComponent[];
}

/** A decoded pack: all of its messages, or some that follow each other, are read from it. */
interface PackedSource {
  readonly storeId: StoreId;
  readonly shapes: readonly Shape[];
  readonly records: DataView;
  readonly payloads: Uint8Array<ArrayBuffer>;
  readonly isTemporal: boolean;
}

/**
 * The messages of a pack as bytes. Each iteration makes new objects: kept for all chunks until their commit, the
 * objects would cost more time in garbage collection than everything else.
 */
export class PackedMessages implements PackMessages {
  readonly length: number;
  readonly isTemporal: boolean;
  readonly #source: PackedSource;
  /** The positions of the first message. */
  readonly #record: number;
  readonly #payload: number;

  private constructor(source: PackedSource, length: number, record: number, payload: number) {
    this.#source = source;
    this.length = length;
    this.isTemporal = source.isTemporal;
    this.#record = record;
    this.#payload = payload;
  }

  /**
   * Checks all records, so that iterations do not fail.
   *
   * @param payloads the payloads of all messages, and nothing else
   * @throws {RerunError} `INVALID_FORMAT` if they are damaged
   */
  static read(
    storeId: StoreId,
    table: PackTable,
    records: DataView,
    payloads: Uint8Array<ArrayBuffer>,
  ): { readonly messages: PackedMessages; readonly hasBareChunks: boolean } {
    const shapes = table.shapes.map((shape) => readShape(shape, table));
    let [length, payload, hasBareChunks, isTemporal] = [0, 0, false, storeId.kind === "recording"];
    for (let at = 0; at < records.byteLength; length++) {
      if (at + START_BYTES > records.byteLength) throw damaged();
      const first = records.getUint32(at);
      if (first === BARE_CHUNK) hasBareChunks = true;
      if (first === ACTIVATION || shapes[first - FIRST_SHAPE]?.timelines.length === 0) isTemporal = false;
      payload += records.getUint32(at + 4);
      at = endOfRecord(records, shapes, at);
    }
    if (payload !== payloads.byteLength) throw damaged();
    const source = { storeId, shapes, records, payloads, isTemporal };
    return { messages: new PackedMessages(source, length, 0, 0), hasBareChunks };
  }

  slice(start: number, end: number): PackedMessages {
    const { records, shapes } = this.#source;
    let [record, payload] = [this.#record, this.#payload];
    const from = Math.min(start, this.length);
    for (let skipped = 0; skipped < from; skipped++) {
      payload += records.getUint32(record + 4);
      record = endOfRecord(records, shapes, record);
    }
    return new PackedMessages(this.#source, Math.max(0, Math.min(end, this.length) - from), record, payload);
  }

  *[Symbol.iterator](): Generator<EncodedMessage, void, undefined> {
    const { records, shapes, storeId, payloads } = this.#source;
    let [record, position] = [this.#record, this.#payload];
    for (let index = 0; index < this.length; index++) {
      const first = records.getUint32(record);
      const payload = payloads.subarray(position, (position += records.getUint32(record + 4)));
      const shape = shapes[first - FIRST_SHAPE];
      if (first === ACTIVATION) yield { kind: "activation", storeId, payload, isStatic: true };
      else {
        const idOffset = record + START_BYTES;
        const [timeHi, timeLo] = [records.getUint32(idOffset), records.getUint32(idOffset + 4)];
        const chunkId = {
          timeHi,
          timeLo,
          incHi: records.getUint32(idOffset + 8),
          incLo: records.getUint32(idOffset + 12),
        };
        if (shape === undefined) yield { kind: "chunk", storeId, payload, isStatic: false, chunkId };
        else {
          const manifest = readManifest(records, shape, idOffset + ID_BYTES);
          yield { kind: "chunk", storeId, payload, isStatic: shape.timelines.length === 0, chunkId, manifest };
        }
      }
      record = endOfRecord(records, shapes, record);
    }
  }
}

/** The end of the record at a position. @throws {RerunError} if the record is damaged */
function endOfRecord(records: DataView, shapes: readonly Shape[], start: number): number {
  const first = records.getUint32(start);
  let at = start + START_BYTES + (first === ACTIVATION ? 0 : ID_BYTES);
  if (first >= FIRST_SHAPE) {
    const { timelines, components } = shapes[first - FIRST_SHAPE] ?? fail();
    const rangesBytes = RANGE_BYTES * timelines.length;
    at += ROWS_BYTES + rangesBytes;
    for (let left = components.length; left > 0; left--) {
      at += COMPONENT_BYTES;
      if (at > records.byteLength) throw damaged();
      if ((records.getUint32(at - 4) & OWN_RANGES) !== 0) at += rangesBytes;
    }
  }
  if (at > records.byteLength) throw damaged();
  return at;
}

function readManifest(records: DataView, shape: Shape, start: number): ChunkManifest {
  const { entityPath, timelines, components } = shape;
  const rows = records.getUint32(start);
  const uncompressedSize = records.getUint32(start + 4) + records.getUint32(start + 8) * 2 ** 32;
  let at = start + ROWS_BYTES;
  const rangesBytes = RANGE_BYTES * timelines.length;
  const ranges = readRanges(records, at, timelines.length);
  at += rangesBytes;
  const read = components.map(({ descriptor, arrow }) => {
    const [count, flags] = [records.getUint32(at), records.getUint32(at + 4)];
    at += COMPONENT_BYTES;
    const isOwn = (flags & OWN_RANGES) !== 0;
    const own = isOwn ? readRanges(records, at, timelines.length) : ranges;
    if (isOwn) at += rangesBytes;
    return { descriptor, arrow, rows: count, isEmpty: (flags & EMPTY) !== 0, ranges: own };
  });
  return { entityPath, rows, uncompressedSize, timelines, ranges, components: read };
}

function readRanges(records: DataView, start: number, count: number): ManifestRange[] {
  const ranges: ManifestRange[] = [];
  for (let at = start; ranges.length < count; at += RANGE_BYTES)
    ranges.push({
      start: { lo: records.getUint32(at), hi: records.getInt32(at + 4) },
      end: { lo: records.getUint32(at + 8), hi: records.getInt32(at + 12) },
    });
  return ranges;
}

function readShape([entityPath, timelines, components]: PackTable["shapes"][number], table: PackTable): Shape {
  if (typeof entityPath !== "string") throw damaged();
  return {
    entityPath,
    timelines: timelines.map((index) => table.timelines[index] ?? fail()),
    components: components.map((index) => table.components[index] ?? fail()),
  };
}

function fail(): never {
  throw damaged();
}

function damaged(): RerunError {
  return new RerunError("INVALID_FORMAT", "a pack has a damaged manifest");
}
