import type { RandomAccess } from "@rerun-ts/arrow";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { directPrefix, parsePartKey } from "../parts/part-key.ts";
import { objectAccess } from "../reading/object-access.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";

const CHECKED_AT_ONCE = 16;

/** A part that cannot be read. */
export interface DamagedPart {
  readonly key: string;
  readonly size: number;
  readonly reason: string;
}

/** The parts to check. */
export interface PartsChoice {
  readonly dataset: string;
  /** Default: all recordings of the dataset. */
  readonly recordingIds?: readonly string[] | undefined;
  /** Called after each part, with the number of checked parts. */
  readonly onProgress?: ((checked: number) => void) | undefined;
}

/** The result of {@link findDamagedParts}. */
export interface PartsReport {
  readonly checked: number;
  readonly damaged: readonly DamagedPart[];
}

/** Looks at the ends of all parts that producers have uploaded. Rejects with the errors of the store. */
export async function findDamagedParts(
  store: Pick<ObjectStore, "url" | "list" | "read">,
  { dataset, recordingIds, onProgress }: PartsChoice,
): Promise<PartsReport> {
  const damaged: DamagedPart[] = [];
  let checked = 0;
  const ids = recordingIds === undefined ? [undefined] : new Set(recordingIds);
  const prefixes = Array.from(ids, (id) => directPrefix(dataset, id));
  for (const prefix of prefixes) {
    const parts = store.list(prefix);
    const check = async (): Promise<void> => {
      for await (const part of parts) {
        if (parsePartKey(part.key) === undefined) continue;
        const reason = await damageOf(store, part);
        if (reason !== undefined) damaged.push({ key: part.key, size: part.size, reason });
        onProgress?.(++checked);
      }
    };
    await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, check));
  }
  return { checked, damaged: damaged.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** The reason why a part cannot be read, from its end. */
export async function damageOf(
  store: Pick<ObjectStore, "url" | "read">,
  part: Pick<ObjectInfo, "key" | "size">,
): Promise<string | undefined> {
  const { openRrdParts } = await import("@rerun-ts/arrow");
  const access: RandomAccess = objectAccess(store, part);
  try {
    await (await openRrdParts([access])).close();
    return undefined;
  } catch (error) {
    if (!isRerunError(error)) throw error;
    // It was removed meanwhile.
    if (error.code === "NOT_FOUND") return undefined;
    if (error.code !== "INVALID_FORMAT") throw new RerunError(error.code, error.message, { cause: error });
    return error.message
      .replace(/^`sources\[0\]` is not a complete part: /, "")
      .replace(/; `rerun-ts rrd repair`.*$/, "");
  }
}
