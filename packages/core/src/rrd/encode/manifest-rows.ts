import { ArrayCollector } from "../../arrow/array-collector.ts";
import type { ArrowField, ArrowMetadata, ArrowType } from "../../arrow/arrow-type.ts";
import type { ArrayBuilder } from "../../arrow/builder/array-builder.ts";
import { GrowableBytes } from "../../arrow/builder/growable-bytes.ts";
import { BoolBuilder, FixedSizeBinaryBuilder, PrimitiveBuilder } from "../../arrow/builder/leaf-builders.ts";
import { TextBuilder } from "../../arrow/builder/text-builder.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { encodeSchema } from "../../arrow/schema.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import { writeTuid, type Tuid } from "../../batch/tuid.ts";
import { newPlanMemory, planCompression } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder } from "../../compress/lz4-encode.ts";
import type { ChunkManifest, ManifestRange } from "./encoded-message.ts";
import type { Timeline } from "../../time/timeline.ts";
import { descriptorMetadata, timelineField } from "./chunk-schema.ts";
import { manifestColumnName } from "./manifest-names.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

const ENCODER_VERSION_V0 = 1;
const COMPRESSION_NONE = 1;
const COMPRESSION_LZ4 = 2;

/** A component that some chunk of the store has. */
export interface ComponentColumnKey {
  readonly descriptor: ComponentDescriptor;
  readonly index: number;
}

/** A chunk, as its row in the manifest tells it. */
export interface ManifestRow {
  readonly manifest: ChunkManifest;
  /** For each of the manifest's components, its column. */
  readonly keys: readonly ComponentColumnKey[];
  readonly chunkId: Tuid;
  readonly isStatic: boolean;
  readonly offset: number;
  readonly size: number;
}

/** Whole numbers, four bytes each. */
class NumberList {
  readonly #data = new GrowableBytes();

  push(value: number): void {
    this.#data.pushInt32(value);
  }

  /** The number at this place; `undefined` behind the last. */
  at(index: number): number | undefined {
    return index * 4 < this.#data.length ? this.#data.view.getUint32(index * 4, true) : undefined;
  }
}

/** Ranges of some of the rows. */
class RangeColumn {
  readonly rows = new NumberList();
  readonly #values = new GrowableBytes();

  add(row: number, { start, end }: ManifestRange): void {
    this.rows.push(row);
    this.#values.pushInt64(start.lo, start.hi);
    this.#values.pushInt64(end.lo, end.hi);
  }

  /** Appends the first or the last time of a range to a column. */
  copyTo(target: PrimitiveBuilder, index: number, marker: "start" | "end"): void {
    const { view } = this.#values;
    const at = index * 16 + (marker === "start" ? 0 : 8);
    target.data.pushInt64(view.getUint32(at, true), view.getInt32(at + 4, true));
  }
}

/** Where a component is, on one timeline. */
class ComponentColumn {
  readonly rows = new NumberList();
  /** In how many rows of each of these chunks it is. */
  readonly counts = new NumberList();
  /** The ranges for those chunks that do not have it in every row. In the others it has the chunk's. */
  readonly ranges = new RangeColumn();
}

/** The rows of a manifest: one per chunk, in the order of the file. */
export class ManifestRows {
  #count = 0;
  readonly #paths = new TextBuilder({ type: "Utf8" });
  readonly #ids = new FixedSizeBinaryBuilder(16);
  readonly #isStatic = new BoolBuilder();
  readonly #numbers = {
    chunk_num_rows: new PrimitiveBuilder({ type: "UInt64" }),
    chunk_byte_offset: new PrimitiveBuilder({ type: "UInt64" }),
    chunk_byte_size: new PrimitiveBuilder({ type: "UInt64" }),
    chunk_byte_size_uncompressed: new PrimitiveBuilder({ type: "UInt64" }),
  };
  /** By component: the rows that hold static data of it. */
  readonly #static = new Map<number, number[]>();
  /** By timeline: the ranges of whole chunks. */
  readonly #ranges = new Map<string, RangeColumn>();
  /** By timeline and component. */
  readonly #components = new Map<string, Map<number, ComponentColumn>>();

  /** About how large the finished table will be: every row has a cell in every column. */
  byteLength(timelines: number, components: number): number {
    let pairs = 0;
    for (const byComponent of this.#components.values()) pairs += byComponent.size;
    return this.#paths.byteLength + this.#count * (49 + timelines * 16 + pairs * 24 + components / 8);
  }

  add({ manifest, keys, chunkId, isStatic, offset, size }: ManifestRow): void {
    const row = this.#count++;
    this.#paths.append(manifest.entityPath);
    this.#ids.data.reserve(16);
    writeTuid(this.#ids.data.view, this.#ids.data.length, chunkId);
    this.#ids.data.length += 16;
    this.#isStatic.append(isStatic);
    pushNumber(this.#numbers.chunk_num_rows, manifest.rows);
    pushNumber(this.#numbers.chunk_byte_offset, offset);
    pushNumber(this.#numbers.chunk_byte_size, size);
    pushNumber(this.#numbers.chunk_byte_size_uncompressed, manifest.uncompressedSize);
    for (const [slot, { name }] of manifest.timelines.entries()) {
      getOrAdd(this.#ranges, name, () => new RangeColumn()).add(row, manifest.ranges[slot] as ManifestRange);
      const byComponent = getOrAdd(this.#components, name, () => new Map<number, ComponentColumn>());
      for (const [index, component] of manifest.components.entries()) {
        const column = getOrAdd(byComponent, (keys[index] as ComponentColumnKey).index, () => new ComponentColumn());
        column.rows.push(row);
        column.counts.push(component.rows);
        if (component.rows < manifest.rows) column.ranges.add(row, component.ranges[slot] as ManifestRange);
      }
    }
    if (isStatic) for (const { index } of keys) getOrAdd(this.#static, index, () => []).push(row);
  }

  /** Encodes the table as `rerun.common.v1alpha1.DataframePart`. */
  finish(timelines: readonly Timeline[], components: readonly ComponentColumnKey[]): Uint8Array<ArrayBuffer> {
    const table = new TableWriter(this.#count);
    table.add(field("chunk_entity_path", { type: "Utf8" }), this.#paths);
    table.add(field("chunk_id", { type: "FixedSizeBinary", size: 16 }), this.#ids);
    table.add(field("chunk_is_static", { type: "Bool" }), this.#isStatic);
    for (const [name, numbers] of Object.entries(this.#numbers)) table.add(field(name, { type: "UInt64" }), numbers);
    for (const { descriptor, index } of components) {
      const metadata: ArrowMetadata = [["rerun:index", "rerun:static"], ...descriptorMetadata(descriptor)];
      table.add(
        field(manifestColumnName(undefined, descriptor, "has_static_data"), { type: "Bool" }, metadata),
        table.booleans(this.#static.get(index) ?? []),
      );
    }
    for (const timeline of timelines) {
      table.addRanges(timeline, this.#ranges.get(timeline.name) as RangeColumn);
    }
    for (const timeline of timelines) {
      const ranges = this.#ranges.get(timeline.name) as RangeColumn;
      const byComponent = this.#components.get(timeline.name);
      for (const { descriptor, index } of components) {
        const column = byComponent?.get(index);
        if (column === undefined) continue;
        table.addRanges(timeline, ranges, descriptor, column);
        table.add(
          field(
            manifestColumnName(timeline.name, descriptor, "num_rows"),
            { type: "UInt64" },
            indexMetadata(timeline, descriptor),
            true,
          ),
          table.counts(column),
        );
      }
    }
    return table.finish();
  }
}

/** Writes sparse columns out as the dense ones of an Arrow table. */
class TableWriter {
  readonly #fields: ArrowField[] = [];
  readonly #arrays = new ArrayCollector();
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  add(column: ArrowField, values: ArrayBuilder): void {
    this.#fields.push(column);
    values.collect(this.#arrays, 0, this.#rows);
  }

  /** Adds the columns `start` and `end` of a timeline, or of a component on it. */
  addRanges(timeline: Timeline, ranges: RangeColumn, descriptor?: ComponentDescriptor, column?: ComponentColumn): void {
    const { type } = timelineField(timeline, false);
    for (const marker of ["start", "end"] as const) {
      const builder = new PrimitiveBuilder(type as PrimitiveBuilder["type"]);
      let next = 0;
      let nextOfColumn = 0;
      let nextOwn = 0;
      for (let row = 0; row < this.#rows; row++) {
        const hasTime = ranges.rows.at(next) === row;
        const isThere = column === undefined ? hasTime : column.rows.at(nextOfColumn) === row;
        if (!isThere) builder.appendNull();
        else if (column?.ranges.rows.at(nextOwn) === row) column.ranges.copyTo(builder, nextOwn++, marker);
        else ranges.copyTo(builder, next, marker);
        if (hasTime) next++;
        if (isThere) nextOfColumn++;
      }
      const name = manifestColumnName(timeline.name, descriptor, marker);
      this.add(field(name, type, indexMetadata(timeline, descriptor), true), builder);
    }
  }

  booleans(trueRows: readonly number[]): BoolBuilder {
    const builder = new BoolBuilder();
    const isTrue = new Set(trueRows);
    for (let row = 0; row < this.#rows; row++) builder.append(isTrue.has(row));
    return builder;
  }

  counts({ rows, counts }: ComponentColumn): PrimitiveBuilder {
    const builder = new PrimitiveBuilder({ type: "UInt64" });
    let next = 0;
    for (let row = 0; row < this.#rows; row++) {
      pushNumber(builder, rows.at(next) === row ? (counts.at(next++) as number) : 0);
    }
    return builder;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const stream = new IpcStream(encodeSchema(this.#fields, []), undefined, this.#arrays, this.#rows);
    const bytes = new Uint8Array(stream.byteLength);
    stream.write(bytes, 0);
    const lz4 = new Lz4Encoder();
    const sections = planCompression(stream, "auto", lz4, newPlanMemory());
    let payload = bytes;
    if (sections !== undefined) {
      payload = new Uint8Array(lz4Bound(bytes.byteLength));
      payload = payload.subarray(0, lz4.compress(bytes, sections, payload, 0));
    }
    return new ProtobufWriter(payload.byteLength + 32)
      .uint(1, ENCODER_VERSION_V0)
      .bytes(2, payload)
      .uint(3, sections === undefined ? COMPRESSION_NONE : COMPRESSION_LZ4)
      .uint(4, bytes.byteLength)
      .finish();
  }
}

function field(name: string, type: ArrowType, metadata?: ArrowMetadata, nullable = false): ArrowField {
  return { name, nullable, type, metadata };
}

function indexMetadata({ name }: Timeline, descriptor: ComponentDescriptor | undefined): ArrowMetadata {
  return [["rerun:index", name], ...(descriptor === undefined ? [] : descriptorMetadata(descriptor))];
}

function pushNumber(builder: PrimitiveBuilder, value: number): void {
  builder.data.pushInt64(value >>> 0, Math.floor(value / 4294967296));
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
