import { Field, FixedSizeBinary, type Data } from "apache-arrow";
import { makeArray } from "../arrays/make-array.ts";
import type { ChunkData, StoredColumn } from "../store/chunk-data.ts";
import { chunkOfColumns } from "../store/chunk-of-columns.ts";
import { chunkEncoder } from "./new-chunk.ts";

/** The contents of a chunk that is made of arrays, which begin at the start of their buffers. */
export interface ChunkParts {
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The number of rows. */
  readonly rows: number;
  /** The timelines and components, with their metadata. */
  readonly columns: readonly StoredColumn[];
  /** The ids of the rows. Default: new ones. */
  readonly rowIds?: StoredColumn | undefined;
}

/** The metadata of a chunk's column of row ids. */
export const ROW_ID: Field<FixedSizeBinary> = /* @__PURE__ */ new Field(
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

/** Makes a chunk with a new id. Nothing is copied or encoded. */
export function makeChunk({ entityPath, rows, columns, rowIds }: ChunkParts): ChunkData {
  const ids = chunkEncoder().newIds(rowIds === undefined ? rows : 0);
  const first = rowIds ?? { field: ROW_ID, data: rowIdData(ids.rowIds, rows) };
  // In the order of `chunkStream`.
  const metadata = new Map([
    ["sorbet:version", "0.1.4"],
    ["rerun:id", ""],
    ["rerun:entity_path", entityPath],
  ]);
  return chunkOfColumns(ids.chunkId, [first, ...columns], rows, metadata);
}

function rowIdData(data: Uint8Array<ArrayBuffer>, length: number): Data {
  return makeArray(ROW_ID.type, length, { values: data });
}
