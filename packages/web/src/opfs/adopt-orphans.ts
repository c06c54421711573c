import { parseSegmentName, type FoundSegment } from "@rerun-ts/core/storage";
import { OpfsFolder } from "./opfs-folder.ts";
import { takeLock } from "./opfs-lock.ts";
import { childrenOf, lockName } from "./opfs-paths.ts";

interface MovableFile {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/**
 * Moves the segments that pages have left in their parts of a spool into the part of this page. A page that still
 * exists holds the lock of its part.
 *
 * @param spool the folder name of the spool
 * @returns the segments with their new names, oldest first
 */
export async function adoptOrphans(
  spool: string,
  parent: FileSystemDirectoryHandle,
  own: OpfsFolder,
): Promise<readonly FoundSegment[]> {
  const adopted: FoundSegment[] = [];
  for (const folder of await childrenOf(parent, "directory")) {
    if (folder.name === own.handle.name) continue;
    const release = await takeLock(lockName("spools", `${spool}/${folder.name}`), 0);
    if (release === undefined) continue;
    try {
      adopted.push(...(await moveAll(folder, own)));
      await parent.removeEntry(folder.name, { recursive: true });
    } finally {
      release();
    }
  }
  return adopted;
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
