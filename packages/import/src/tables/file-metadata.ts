import { Field, List, Struct, Utf8 } from "apache-arrow";
import { makeChunk, type ChunkData } from "@rerun-ts/reading/chunks";
import { buildData } from "./build-data.ts";

const NAME = "file_metadata";
const METADATA = /* @__PURE__ */ new Map([
  ["rerun:component", NAME],
  ["rerun:kind", "data"],
  ["rerun:archetype", "ParquetMetadata"],
  ["rerun:component_type", "rerun.components.KeyValuePairs"],
]);

/** The static chunk with the pairs of texts of a Parquet file, as a property of the recording, as in Rerun 0.41. */
export function fileMetadataChunk(pairs: readonly (readonly [key: string, value: string])[]): ChunkData {
  const pair = new Struct([new Field("first", new Utf8(), false), new Field("second", new Utf8(), false)]);
  const instance = new List(new Field("item", pair, false));
  const type = new List(new Field("item", instance, true));
  const data = buildData(type, [[pairs.map(([first, second]) => ({ first, second }))]]);
  return makeChunk({
    entityPath: "/__properties",
    rows: 1,
    columns: [{ field: new Field(NAME, type, true, METADATA), data }],
  });
}
