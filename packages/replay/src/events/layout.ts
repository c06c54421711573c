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

/**
 * The entities of a recording that `recordPage` has logged a page to, such as `/page`.
 *
 * @param entityPaths all entities, as `schema().entityPaths` of a reader has them
 */
export function pagesOf(entityPaths: readonly string[]): readonly string[] {
  const all = new Set(entityPaths);
  const pages = entityPaths
    .filter((path) => path.endsWith("/snapshots"))
    .map((path) => path.slice(0, -"/snapshots".length));
  return pages.filter((path) => path !== "" && all.has(metaPath(path)));
}

/** The message of an error for an entity without a page. */
export function missingPage(path: string, pages: readonly string[]): string {
  const mustBe =
    pages.length === 0 ? "one with a page, but the recording has none" : `one with a page: ${pages.join(", ")}`;
  return `the entity must be ${mustBe}, got ${JSON.stringify(path)}`;
}
