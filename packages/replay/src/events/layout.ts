/** The archetype of rows with events. */
export const EVENT_ARCHETYPE = "PageReplay";
/** The component of rows with events: an event of rrweb as JSON. */
export const EVENT_COMPONENT = "PageReplay:event";
/** The archetype of stored images and fonts, with `url`, `media_type` and `bytes`. */
export const ASSET_ARCHETYPE = "PageAsset";

/** The entity with the size and the URL of the page, one row for each full snapshot. */
export function metaPath(path: string): string {
  return `${path}/meta`;
}

/** The entity with the full snapshots, at the times of the rows of {@link metaPath}. */
export function snapshotsPath(path: string): string {
  return `${path}/snapshots`;
}

/** The entity below which each image and font has an entity of its own. */
export function assetsPath(path: string): string {
  return `${path}/assets`;
}
