import { checkSegmentVersions } from "@rerun-ts/core/storage";
import { areaFolder, childFolder, childHandles } from "./opfs-paths.ts";
import type { OpfsStorageOptions } from "./storage-types.ts";

/** The folder of a storage, and the folder around it. */
export interface Folders {
  readonly parent: FileSystemDirectoryHandle;
  readonly own: FileSystemDirectoryHandle;
}

/**
 * Creates the folders of a storage. Rejects with `UNSUPPORTED` instead of removing one of a later version.
 * @param isNew whether an earlier one is removed
 */
export async function createFolders(
  { area, folder }: OpfsStorageOptions,
  path: string,
  isNew: boolean,
): Promise<Folders> {
  const top = (await areaFolder(area, true)) as FileSystemDirectoryHandle;
  const parent = area === "spools" ? ((await childFolder(top, folder, true)) as FileSystemDirectoryHandle) : top;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const earlier = isNew ? await childFolder(parent, name, false) : undefined;
  if (earlier !== undefined) {
    checkSegmentVersions(await childHandles(earlier, "file"));
    await parent.removeEntry(name, { recursive: true }).catch(() => {});
  }
  return { parent, own: (await childFolder(parent, name, true)) as FileSystemDirectoryHandle };
}
