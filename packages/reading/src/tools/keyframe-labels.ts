import type { StoreId } from "@rerun-ts/core";
import { Bool, Field, List } from "apache-arrow";
import { makeArray } from "../arrays/make-array.ts";
import { makeChunk } from "../chunks/make-chunk.ts";
import { timeColumn } from "../chunks/time-columns.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { IS_KEYFRAME } from "../video/video-components.ts";

/** The key frames of a video. */
export interface KeyframeLabels {
  readonly storeId: StoreId;
  readonly entityPath: string;
  readonly timelines: readonly Field[];
  /** The times of the key frames on each timeline. */
  readonly times: readonly BigInt64Array[];
}

const LABEL: Field<List<Bool>> = /* @__PURE__ */ new Field(
  IS_KEYFRAME,
  /* @__PURE__ */ new List(/* @__PURE__ */ new Field("item", /* @__PURE__ */ new Bool(), true)),
  true,
  /* @__PURE__ */ new Map([
    ["rerun:archetype", "rerun.archetypes.VideoStream"],
    ["rerun:component", IS_KEYFRAME],
    ["rerun:component_type", "rerun.components.IsKeyframe"],
    ["rerun:kind", "data"],
  ]),
);

/** A chunk with a label at each key frame: readers find them without reading frames. */
export function labelChunk({ entityPath, timelines, times }: KeyframeLabels): ChunkData {
  const rows = times[0]?.length ?? 0;
  const timeColumns = timelines.map((field, index) =>
    timeColumn(field, makeArray(field.type, rows, { values: times[index] })),
  );
  const labels = makeArray(new Bool(), rows, { values: ones(rows) });
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row);
  const data = makeArray(LABEL.type, rows, { offsets, children: [labels] });
  return makeChunk({ entityPath, rows, columns: [...timeColumns, { field: LABEL, data }] });
}

/** A number of bits that are set, followed by zeros to the end of the last byte. */
function ones(count: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(count / 8)).fill(0xff);
  if (count % 8 !== 0) bytes[bytes.length - 1] = (1 << (count % 8)) - 1;
  return bytes;
}
