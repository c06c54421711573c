import { RerunError } from "@rerun-ts/core";
import type { RandomAccess } from "./random-access.ts";

/** Outside Node there are no paths. Rejects with `UNSUPPORTED`. */
export async function openPath(path: string | URL): Promise<RandomAccess> {
  throw new RerunError(
    "UNSUPPORTED",
    `paths can only be read on Node; pass a File or a URL instead of ${String(path)}`,
  );
}
