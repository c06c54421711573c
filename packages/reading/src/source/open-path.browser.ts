import { RerunError } from "@rerun-ts/core";
import type { RandomAccess } from "./random-access.ts";

/** Rejects with `UNSUPPORTED`, because only Node reads folders. */
export async function rrdPathsIn(folder: string | URL): Promise<string[]> {
  throw new RerunError(
    "UNSUPPORTED",
    `folders can only be read on Node; pass an array of Files or URLs instead of ${String(folder)}`,
  );
}

/** Rejects with `UNSUPPORTED`, because only Node reads paths. */
export async function openPath(path: string | URL): Promise<RandomAccess> {
  throw new RerunError(
    "UNSUPPORTED",
    `paths can only be read on Node; pass a File or a URL instead of ${String(path)}`,
  );
}
