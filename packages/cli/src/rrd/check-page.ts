import { UsageError } from "../command/usage-error.ts";

/**
 * Checks that one of some files has a page at an entity.
 *
 * @param files paths of recordings, or their contents
 * @throws {UsageError} naming the flag and the entities with a page, if the entity has none
 */
export async function checkPage(flag: string, files: readonly (string | Blob)[], entity: string): Promise<void> {
  const [{ openRrd }, { pagesOf, htmlReplay }] = await Promise.all([
    import("@rerun-ts/reading"),
    import("@rerun-ts/replay/html"),
  ]);
  const { entityPath } = htmlReplay(entity);
  const pages = new Set<string>();
  for (const given of files) {
    const file = await openRrd(given);
    try {
      for (const which of file.recordings)
        for (const page of pagesOf(file.recording(which).schema().entityPaths)) pages.add(page);
    } finally {
      await file.close();
    }
  }
  if (pages.has(entityPath)) return;
  const mustBe =
    pages.size === 0
      ? "an entity with a page, but the recording has none"
      : `an entity with a page: ${[...pages].join(", ")}`;
  throw new UsageError(`\`${flag}\` must be ${mustBe}, got ${JSON.stringify(entity)}`);
}
