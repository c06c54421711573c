import { fsyncSync, statSync } from "node:fs";
import { RerunError } from "@rerun-ts/core";
import type * as reading from "@rerun-ts/reading";
import type * as files from "@rerun-ts/reading/node-files";
import type { FsyncPolicy } from "./fsync-policy.ts";
import { missingPackage } from "./missing-package.ts";
import { writeFully } from "./write-fully.ts";

/**
 * Optimizes a recording in place: the new file replaces the old one when it is complete. Rejects with `UNSUPPORTED`
 * without the package `@rerun-ts/reading`, or with the reason why the file cannot be read or written. A file that
 * changes in the meantime is not replaced.
 */
export async function optimizeFile(path: string, profile: "live" | "object-store", fsync: FsyncPolicy): Promise<void> {
  const before = identityOf(path);
  const { optimizeRrd, replaceFile } = await loadReading();
  await replaceFile(
    path,
    async (fd) => {
      for await (const bytes of optimizeRrd(path, { profile })) writeFully(fd, [bytes]);
    },
    (fd) => {
      if (identityOf(path) !== before) throw new RerunError("IO_ERROR", "the file was written again in the meantime");
      // The file must be on the disk before it replaces the previous one, or a loss of power could destroy both.
      if (fsync !== "never") fsyncSync(fd);
    },
  );
}

async function loadReading(): Promise<Pick<typeof reading, "optimizeRrd"> & Pick<typeof files, "replaceFile">> {
  try {
    const { optimizeRrd } = await import("@rerun-ts/reading");
    const { replaceFile } = await import("@rerun-ts/reading/node-files");
    return { optimizeRrd, replaceFile };
  } catch (cause) {
    throw missingPackage("@rerun-ts/reading", "`optimizeOnClose`", cause);
  }
}

/** The identity of the contents of the file at a path, which changes with each write. */
function identityOf(path: string): string {
  const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
  return [dev, ino, size, mtimeNs].join();
}
