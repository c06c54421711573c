import { isUint8Array } from "@rerun-ts/core/checks";
import { readChunkKey, type ChunkPlace } from "@rerun-ts/core/rrd";
import { getOrAdd } from "@rerun-ts/core/util";
import type { IpcBatch } from "@rerun-ts/reading/chunks";
import { MAX_CATALOG_MESSAGE_BYTES } from "./catalog-transport.ts";
import { columnOf, toRecordBatch } from "./server-tables.ts";

/** The bytes of a chunk in a file, and the URL from which ranges of that file can be read. */
export interface DirectPlace extends ChunkPlace {
  readonly url: string;
}

const URLS = "rerun_layer_direct_url";

/**
 * The places where the chunks of a table can be read without the server. `undefined` for a chunk without a URL, and for
 * one with an unusable URL or place.
 *
 * @param origin the origin of the catalog: if it is encrypted, URLs without encryption do not count
 */
export function directPlaces(batch: IpcBatch, origin: string): readonly (DirectPlace | undefined)[] | undefined {
  const column = columnOf(batch, URLS);
  if (column === undefined || column.nullCount === column.length) return undefined;
  const table = toRecordBatch(batch);
  const [urls, keys] = [table.getChild(URLS), table.getChild("chunk_key")];
  if (urls === null || keys === null) return undefined;
  const schemes = origin.startsWith("https:") ? ["https:"] : ["https:", "http:"];
  const isUsable = new Map<string, boolean>();
  return Array.from({ length: batch.rows }, (_, row) => {
    const url: unknown = urls.get(row);
    const key: unknown = keys.get(row);
    if (typeof url !== "string" || !isUint8Array(key)) return undefined;
    const usable = getOrAdd(isUsable, url, () => isFetchable(url, schemes));
    const place = usable ? readChunkKey(key) : undefined;
    if (place === undefined || !(place.length > 0 && place.length <= MAX_CATALOG_MESSAGE_BYTES)) return undefined;
    return Number.isSafeInteger(place.offset + place.length) ? { ...place, url } : undefined;
  });
}

function isFetchable(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  // `fetch` rejects URLs with a user.
  return schemes.includes(protocol) && username === "" && password === "";
}
