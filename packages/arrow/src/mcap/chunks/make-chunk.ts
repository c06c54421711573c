import { Clock, RowIdColumn, TuidGenerator, tuidText } from "@rerun-ts/core/encode";
import {
  Data,
  DurationNanosecond,
  Field,
  FixedSizeBinary,
  TimestampNanosecond,
  makeData,
  type DataType,
} from "apache-arrow";
import { Chunk } from "../../reading/chunk.ts";
import { ChunkData } from "../../store/chunk-data.ts";
import { SchemaCache } from "../../store/schema-cache.ts";
import { encodeIpc } from "../../tools/edit-chunk.ts";
import type { ComponentData } from "../mapping/component-data.ts";

/** Times of rows. */
export interface TimeData {
  readonly timeline: string;
  readonly kind: "timestamp" | "duration";
  readonly times: BigInt64Array;
}

/** Rows of one entity. */
export interface ChunkRows {
  readonly entityPath: string;
  /** The number of rows. */
  readonly rows: number;
  /** None: the rows are static. */
  readonly times: readonly TimeData[];
  readonly components: readonly ComponentData[];
}

/** Makes chunks, with ids that grow. */
export class ChunkMaker {
  readonly #ids = new TuidGenerator();
  readonly #clock = new Clock();
  readonly #schemas = new SchemaCache();

  make({ entityPath, rows, times, components }: ChunkRows): Chunk {
    this.#clock.read();
    this.#ids.next(this.#clock);
    const chunkId = `chunk_${tuidText(this.#ids)}`;
    const rowIds = new RowIdColumn().idsAfter(this.#ids, rows);
    this.#ids.skip(rows);
    const fields = [ROW_ID, ...times.map(timeField), ...components.map(componentField)];
    const columns = [
      makeData({ type: ROW_ID.type, length: rows, nullCount: 0, data: rowIds }),
      ...times.map(({ times: values, kind }) => {
        const type = TIME_TYPES[kind];
        return new Data(type, 0, rows, 0, [undefined, values, undefined, undefined] as never);
      }),
      ...components.map(({ lists }) => lists),
    ];
    const metadata = new Map([
      ["rerun:entity_path", entityPath],
      ["rerun:id", chunkId],
      ["sorbet:version", "0.1.4"],
    ]);
    return new Chunk(new ChunkData(encodeIpc(fields, columns, rows, metadata), this.#schemas));
  }
}

const TIME_TYPES = {
  timestamp: /* @__PURE__ */ new TimestampNanosecond(),
  duration: /* @__PURE__ */ new DurationNanosecond(),
} as const;

function timeField({ timeline, kind }: TimeData): Field {
  const metadata = new Map([
    ["rerun:index_name", timeline],
    ["rerun:kind", "index"],
  ]);
  return new Field(timeline, TIME_TYPES[kind] as DataType, true, metadata);
}

function componentField({ archetype, name, componentType, lists }: ComponentData): Field {
  const metadata = new Map([
    ["rerun:component", name],
    ["rerun:kind", "data"],
  ]);
  if (archetype !== undefined) metadata.set("rerun:archetype", archetype);
  if (componentType !== undefined) metadata.set("rerun:component_type", componentType);
  return new Field(name, lists.type, true, metadata);
}

const ROW_ID: Field<FixedSizeBinary> = /* @__PURE__ */ new Field(
  "rerun.controls.RowId",
  /* @__PURE__ */ new FixedSizeBinary(16),
  false,
  /* @__PURE__ */ new Map([
    ["ARROW:extension:metadata", '{"namespace":"row"}'],
    ["ARROW:extension:name", "rerun.datatypes.TUID"],
    ["rerun:is_sorted", "true"],
    ["rerun:kind", "control"],
  ]),
);
