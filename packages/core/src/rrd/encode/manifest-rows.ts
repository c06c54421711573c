import { getOrAdd } from "../../collections/get-or-add.ts";
import { ArrayCollector } from "../../arrow/array-collector.ts";
import type { ArrowField, ArrowMetadata } from "../../arrow/arrow-type.ts";
import type { ArrayBuilder } from "../../arrow/builder/array-builder.ts";
import { GrowableBytes } from "../../arrow/builder/growable-bytes.ts";
import { BoolBuilder, FixedSizeBinaryBuilder, PrimitiveBuilder } from "../../arrow/builder/leaf-builders.ts";
import { TextBuilder } from "../../arrow/builder/text-builder.ts";
import { IpcStream } from "../../arrow/ipc-stream.ts";
import { encodeSchema } from "../../arrow/schema.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import { writeTuid, type Tuid } from "../../batch/tuid.ts";
import { planCompression } from "../../compress/compression.ts";
import { lz4Bound, Lz4Encoder } from "../../compress/lz4-encode.ts";
import type { ChunkManifest, EncodedMessage, ManifestRange } from "./encoded-message.ts";
import type { Timeline } from "../../time/timeline.ts";
import { descriptorMetadata, timelineField } from "./chunk-schema.ts";
import { manifestColumnName } from "./manifest-names.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";

const ENCODER_VERSION_V0 = 1;
const COMPRESSION_NONE = 1;
const COMPRESSION_LZ4 = 2;

/** The key of a component's columns: one for each component of the store. */
export interface ManifestColumnKey {
  readonly descriptor: ComponentDescriptor;
  /** The number of the component, in the order in which they occurred. */
  readonly index: number;
}

/** A list of unsigned 32-bit integers. */
class NumberList {
  readonly #data = new GrowableBytes();

  push(value: number): void {
    this.#data.pushInt32(value);
  }

  /** The number at an index, or `undefined` after the last one. */
  at(index: number): number | undefined {
    return index * 4 < this.#data.length ? this.#data.view.getUint32(index * 4, true) : undefined;
  }
}

/** A sparse column of time ranges. */
class RangeColumn {
  /** The rows that have a range, in ascending order. */
  readonly rows = new NumberList();
  readonly #values = new GrowableBytes();

  add(row: number, { start, end }: ManifestRange): void {
    this.rows.push(row);
    this.#values.pushInt64(start.lo, start.hi);
    this.#values.pushInt64(end.lo, end.hi);
  }

  /** Appends the start or the end of a range to a dense column. */
  copyTo(target: PrimitiveBuilder, index: number, marker: "start" | "end"): void {
    const { view } = this.#values;
    const at = index * 16 + (marker === "start" ? 0 : 8);
    target.data.pushInt64(view.getUint32(at, true), view.getInt32(at + 4, true));
  }
}

/** The sparse columns of a component on one timeline. */
class ManifestColumn {
  /** The manifest's rows, that is the chunks, that have the component. */
  readonly rows = new NumberList();
  /** The number of the chunk's rows that have the component, for each of `rows`. */
  readonly counts = new NumberList();
  /** The time ranges of chunks in which some rows lack the component. Otherwise the range of the chunk applies. */
  readonly ranges = new RangeColumn();
}

/**
 * The rows of a manifest: one per chunk, in the order of the file.
 *
 * During a recording, the columns are sparse, because most components occur in few chunks. A chunk then takes some 100
 * bytes, even in long recordings. `finish` expands the columns to the dense table of Rerun's format, in which every
 * chunk has a cell in every column. {@link ManifestRows.byteLength} is the size of that table.
 */
export class ManifestRows {
  #count = 0;
  /** The dense columns by their names, in order. */
  readonly #columns = {
    chunk_entity_path: new TextBuilder({ type: "Utf8" }),
    chunk_id: new FixedSizeBinaryBuilder(16),
    chunk_is_static: new BoolBuilder(),
    chunk_num_rows: numbers(),
    chunk_byte_offset: numbers(),
    chunk_byte_size: numbers(),
    chunk_byte_size_uncompressed: numbers(),
  };
  /** The rows with static data, by the index of the component. */
  readonly #static = new Map<number, number[]>();
  /** The ranges of whole chunks, by timeline. */
  readonly #ranges = new Map<string, RangeColumn>();
  /** The columns of components, by timeline and by the index of the component. */
  readonly #components = new Map<string, Map<number, ManifestColumn>>();

  /** The approximate size of the finished table in bytes, in which every row has a cell in every column. */
  byteLength(timelines: number, components: number): number {
    let pairs = 0;
    for (const byComponent of this.#components.values()) pairs += byComponent.size;
    return (
      this.#columns.chunk_entity_path.byteLength + this.#count * (49 + timelines * 16 + pairs * 24 + components / 8)
    );
  }

  /**
   * Adds the row of a chunk.
   *
   * @param keys the key of each of the manifest's components
   * @param offset the position of the chunk's payload in the stream
   */
  add(
    { chunkId, isStatic, payload }: EncodedMessage,
    manifest: ChunkManifest,
    keys: readonly ManifestColumnKey[],
    offset: number,
  ): void {
    const row = this.#count++;
    const columns = this.#columns;
    columns.chunk_entity_path.append(manifest.entityPath);
    const ids = columns.chunk_id.data;
    ids.reserve(16);
    writeTuid(ids.view, ids.length, chunkId as Tuid);
    ids.length += 16;
    columns.chunk_is_static.append(isStatic);
    pushNumber(columns.chunk_num_rows, manifest.rows);
    pushNumber(columns.chunk_byte_offset, offset);
    pushNumber(columns.chunk_byte_size, payload.byteLength);
    pushNumber(columns.chunk_byte_size_uncompressed, manifest.uncompressedSize);
    for (const [slot, { name }] of manifest.timelines.entries()) {
      getOrAdd(this.#ranges, name, () => new RangeColumn()).add(row, manifest.ranges[slot] as ManifestRange);
      const byComponent = getOrAdd(this.#components, name, () => new Map<number, ManifestColumn>());
      for (const [index, component] of manifest.components.entries()) {
        const column = getOrAdd(byComponent, (keys[index] as ManifestColumnKey).index, () => new ManifestColumn());
        column.rows.push(row);
        column.counts.push(component.rows);
        if (component.rows < manifest.rows) column.ranges.add(row, component.ranges[slot] as ManifestRange);
      }
    }
    if (isStatic) for (const { index } of keys) getOrAdd(this.#static, index, () => []).push(row);
  }

  /** Encodes the table as `rerun.common.v1alpha1.DataframePart`. */
  finish(timelines: readonly Timeline[], components: readonly ManifestColumnKey[]): ProtobufWriter {
    const table = new TableWriter(this.#count);
    for (const [name, values] of Object.entries(this.#columns)) table.add(name, values);
    for (const { descriptor, index } of components) {
      table.add(
        manifestColumnName(undefined, descriptor, "has_static_data"),
        table.booleans(this.#static.get(index) ?? []),
        indexMetadata("rerun:static", descriptor),
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
          manifestColumnName(timeline.name, descriptor, "num_rows"),
          table.counts(column),
          indexMetadata(timeline.name, descriptor),
          true,
        );
      }
    }
    return table.finish();
  }
}

/** Collects the dense columns of the finished table, and encodes it. */
class TableWriter {
  readonly #fields: ArrowField[] = [];
  readonly #arrays = new ArrayCollector();
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Adds a column. */
  add(name: string, values: ArrayBuilder, metadata?: ArrowMetadata, nullable = false): void {
    this.#fields.push({ name, nullable, type: values.type, metadata });
    values.collect(this.#arrays, 0, this.#rows);
  }

  /** Adds the columns `start` and `end` of a timeline, or of a component on it. */
  addRanges(timeline: Timeline, ranges: RangeColumn, descriptor?: ComponentDescriptor, column?: ManifestColumn): void {
    const { type } = timelineField(timeline, false);
    for (const marker of ["start", "end"] as const) {
      const builder = new PrimitiveBuilder(type as PrimitiveBuilder["type"]);
      // The index of the next entry in each of the sparse columns.
      let chunkRange = 0;
      let cell = 0;
      let cellRange = 0;
      for (let row = 0; row < this.#rows; row++) {
        const hasTime = ranges.rows.at(chunkRange) === row;
        const hasValue = column === undefined ? hasTime : column.rows.at(cell) === row;
        if (!hasValue) builder.appendNull();
        else if (column?.ranges.rows.at(cellRange) === row) column.ranges.copyTo(builder, cellRange++, marker);
        else ranges.copyTo(builder, chunkRange, marker);
        if (hasTime) chunkRange++;
        if (hasValue) cell++;
      }
      const name = manifestColumnName(timeline.name, descriptor, marker);
      this.add(name, builder, indexMetadata(timeline.name, descriptor), true);
    }
  }

  /** A dense column that is `true` in these rows. */
  booleans(trueRows: readonly number[]): BoolBuilder {
    const builder = new BoolBuilder();
    const isTrue = new Set(trueRows);
    for (let row = 0; row < this.#rows; row++) builder.append(isTrue.has(row));
    return builder;
  }

  /** A dense column of the numbers of rows with a component, 0 for chunks without it. */
  counts({ rows, counts }: ManifestColumn): PrimitiveBuilder {
    const builder = numbers();
    let next = 0;
    for (let row = 0; row < this.#rows; row++) {
      pushNumber(builder, rows.at(next) === row ? (counts.at(next++) as number) : 0);
    }
    return builder;
  }

  /** Encodes the table as an Arrow IPC stream in a `DataframePart`. */
  finish(): ProtobufWriter {
    const stream = new IpcStream(encodeSchema(this.#fields, []), undefined, this.#arrays, this.#rows);
    const bytes = new Uint8Array(stream.byteLength);
    stream.write(bytes, 0);
    const lz4 = new Lz4Encoder();
    const sections = planCompression(stream, "auto", lz4);
    let payload = bytes;
    if (sections !== undefined) {
      payload = new Uint8Array(lz4Bound(bytes.byteLength));
      payload = payload.subarray(0, lz4.compress(bytes, sections, payload, 0));
    }
    return new ProtobufWriter()
      .uint(1, ENCODER_VERSION_V0)
      .bytes(2, payload)
      .uint(3, sections === undefined ? COMPRESSION_NONE : COMPRESSION_LZ4)
      .uint(4, bytes.byteLength);
  }
}

function numbers(): PrimitiveBuilder {
  return new PrimitiveBuilder({ type: "UInt64" });
}

function indexMetadata(index: string, descriptor: ComponentDescriptor | undefined): ArrowMetadata {
  return [["rerun:index", index], ...(descriptor === undefined ? [] : descriptorMetadata(descriptor))];
}

function pushNumber(builder: PrimitiveBuilder, value: number): void {
  builder.data.pushInt64(value >>> 0, Math.floor(value / 4294967296));
}
