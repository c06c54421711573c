import { datasetPrefix, parseLogPartKey } from "../commits/log-keys.ts";
import { parsePartKey } from "../parts/part-key.ts";
import { parseMadePartKey } from "./replacement-keys.ts";

export interface PartNames {
  readonly key: string;
  readonly recordingId: string;
  /** The name of the part's layer in catalogs. */
  readonly layer: string;
}

/** Parses the key of a part of a recording, for parts of any origin. Returns `undefined` for other keys. */
export function partOfKey(dataset: string, key: string): PartNames | undefined {
  const part = parsePartKey(key) ?? parseLogPartKey(dataset, key) ?? parseMadePartKey(key);
  return part === undefined ? undefined : { key, recordingId: part.recordingId, layer: part.layer };
}

/** The part of a layer, or `undefined` if the layer is not that of a part. */
export function partOfLayer(dataset: string, layer: string): PartNames | undefined {
  return partOfKey(dataset, `${datasetPrefix(dataset)}${layer}.rrd`);
}
