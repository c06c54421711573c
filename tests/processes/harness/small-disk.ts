import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A mounted disk of two MiB. */
export interface SmallDisk {
  readonly path: string;
  unmount(): Promise<void>;
}

/** Mounts a small disk below `folder`, if that is allowed. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk | { readonly missing: string }> {
  const path = join(folder, "small-disk");
  await mkdir(path);
  try {
    await execute("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path]);
  } catch {
    return { missing: "a small disk cannot be mounted (that takes Linux, and root)" };
  }
  return {
    path,
    unmount: async () => {
      await execute("umount", [path]);
    },
  };
}
