import { isRerunError } from "@rerun-ts/core";
import { parseSegmentName, type FoundSegment } from "@rerun-ts/core/storage";
import { OpfsFolder } from "./opfs-folder.ts";
import { takeLock } from "./opfs-lock.ts";
import { childHandles, lockName, nameOfFolder } from "./opfs-paths.ts";

interface MovableFile {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** Finds the segments that pages have left in their parts of a spool. */
export class Orphans {
  readonly #spool: string;
  readonly #onWarning: (message: string) => void;
  /** Parts of later versions, which stay as they are. */
  readonly #refused = new Set<string>();

  /** @param spool the folder name of the spool */
  constructor(spool: string, onWarning: (message: string) => void) {
    this.#spool = spool;
    this.#onWarning = onWarning;
  }

  /**
   * Moves the segments that pages have left into the part of this page. A page that still exists holds the lock of its
   * part.
   *
   * @returns the segments with their new names, oldest first
   */
  async adopt(parent: FileSystemDirectoryHandle, own: OpfsFolder): Promise<readonly FoundSegment[]> {
    const adopted: FoundSegment[] = [];
    for (const folder of await childHandles(parent, "directory")) {
      if (folder.name === own.handle.name || this.#refused.has(folder.name)) continue;
      const release = await takeLock(lockName("spools", `${this.#spool}/${folder.name}`), 0);
      if (release === undefined) continue;
      try {
        adopted.push(...(await moveAll(folder, own)));
        await parent.removeEntry(folder.name, { recursive: true });
      } catch (error) {
        if (!isRerunError(error)) throw error;
        this.#refused.add(folder.name);
        this.#onWarning(`cannot send what another page has left in ${nameOfFolder(this.#spool)}: ${error.message}`);
      } finally {
        release();
      }
    }
    return adopted;
  }
}

async function moveAll(folder: FileSystemDirectoryHandle, own: OpfsFolder): Promise<FoundSegment[]> {
  const left = new OpfsFolder(folder, []);
  const { segments } = await left.find();
  await left.settled();
  const moved: FoundSegment[] = [];
  for (const segment of segments) {
    const kind = parseSegmentName(segment.name)?.kind ?? "data";
    const name = own.nextName(kind);
    const file = (await folder.getFileHandle(segment.name)) as unknown as MovableFile;
    await file.move(own.handle, name);
    moved.push({ ...segment, name });
  }
  return moved;
}
