import { DurationNanosecond, Field, TimestampNanosecond, type DataType } from "apache-arrow";
import { makeArray, makeChunk, typeKey, wrapChunk, type Chunk } from "@rerun-ts/reading/chunks";
import type { ComponentData } from "../mapping/component-data.ts";

/** Times of rows. */
export interface TimeData {
  readonly timeline: string;
  readonly kind: "timestamp" | "duration";
  readonly times: BigInt64Array;
}

/** Rows of one entity. */
export interface NewChunkRows {
  readonly entityPath: string;
  /** The number of rows. */
  readonly rows: number;
  /** None: the rows are static. */
  readonly times: readonly TimeData[];
  readonly components: readonly ComponentData[];
}

/** Makes chunks, with new ids. */
export class ChunkMaker {
  /** The fields of the chunks so far: to encode a new one takes longer than the rest of a chunk. */
  readonly #fields = new Map<string, Field>();

  make({ entityPath, rows, times, components }: NewChunkRows): Chunk {
    const columns = [
      ...times.map((time) => {
        const data = makeArray(TIME_TYPES[time.kind], rows, { values: time.times });
        return { field: this.#field(`${time.kind} ${time.timeline}`, () => timeField(time)), data };
      }),
      ...components.map((component) => {
        const { archetype, name, componentType, lists } = component;
        const key = JSON.stringify([archetype, name, componentType, typeKey(lists.type)]);
        return { field: this.#field(key, () => componentField(component)), data: lists };
      }),
    ];
    return wrapChunk(makeChunk({ entityPath, rows, columns }));
  }

  #field(key: string, make: () => Field): Field {
    let field = this.#fields.get(key);
    if (field === undefined) this.#fields.set(key, (field = make()));
    return field;
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
