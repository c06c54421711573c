import { CountedParts } from "../replacements/counted-parts.ts";
import { parseMadePartKey } from "../replacements/replacement-keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { StaticDataSettings } from "./static-data.ts";

/** Returns how to read the static data of a recording whose parts were merged into others, and deleted since. */
export function mergedStatics(
  store: Pick<ObjectStore, "url" | "list" | "read">,
  dataset: string,
): StaticDataSettings["readStatics"] {
  return async (recordingId, signal) => {
    const counted = await new CountedParts(store, dataset).listOne(recordingId, signal);
    const made = counted.filter(({ key }) => parseMadePartKey(key) !== undefined);
    const { readStatics } = await import("../reading/static-rrd.ts");
    return (await readStatics(store, made, [], signal))?.bytes;
  };
}
