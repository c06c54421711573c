import { escapeId } from "../store/keys.ts";
import type { BundledPart } from "./bundled-parts.ts";

/** The parts in bundles by their recordings: their order is that of the commits. */
export class BundleIndex {
  /** The folders that the recordings have in lists, with their slashes, in order. */
  readonly folders: readonly string[];
  readonly #parts: ReadonlyMap<string, readonly BundledPart[]>;

  private constructor(parts: ReadonlyMap<string, readonly BundledPart[]>) {
    this.#parts = parts;
    this.folders = [...parts.keys()].sort();
  }

  /** Reads the parts of some recordings. */
  static async read(
    parts: AsyncIterable<BundledPart>,
    isWanted: (folder: string) => boolean = () => true,
  ): Promise<BundleIndex> {
    const found = new Map<string, BundledPart[]>();
    for await (const part of parts) {
      const folder = folderOf(part.recordingId);
      const own = found.get(folder);
      if (own !== undefined) own.push(part);
      else if (isWanted(folder)) found.set(folder, [part]);
    }
    return new BundleIndex(found);
  }

  /** The parts of a recording. */
  of(recordingId: string): readonly BundledPart[] {
    return this.in(folderOf(recordingId));
  }

  /** The parts of the recording with a folder. */
  in(folder: string): readonly BundledPart[] {
    return this.#parts.get(folder) ?? [];
  }
}

function folderOf(recordingId: string): string {
  return `${escapeId(recordingId)}/`;
}
