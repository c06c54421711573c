import { createHash } from "node:crypto";
import type { RandomAccess } from "@rerun-ts/reading";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { forEachInParallel } from "@rerun-ts/core/util";
import { objectAccess } from "../reading/object-access.ts";
import { readPart, type PlacedPart } from "../parts/read-part.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { partsToCheck, type PartToCheck } from "./parts-to-check.ts";
import { RecordReader, type UnreadableRecord } from "./record-reader.ts";

const PARALLEL_CHECKS = 16;
const PIECE_BYTES = 2 * 1024 * 1024;
/** The digits of the SHA-256 in the names of parts of ingesters and compactors. */
const HASH_DIGITS = 12;

/** The most parts in a row that the store fails to read, after many requests each, before the store counts as away. */
const MAX_FAILURES = 64;

/** A part whose bytes are not those of a whole part. */
export interface DamagedPart {
  readonly key: string;
  readonly size: number;
  readonly reason: string;
  /** Whether `parts mend` can mend it: only what producers have uploaded. Others must be restored from a copy. */
  readonly isMendable: boolean;
}

/** A part that the store does not deliver, so that it is unknown whether the part is damaged. */
export interface UnreadablePart {
  readonly key: string;
  readonly size: number;
  readonly reason: string;
}

/** The parts to check. */
export interface PartsChoice {
  readonly dataset: string;
  /** Default: all recordings of the dataset. */
  readonly recordingIds?: readonly string[] | undefined;
  /** Whether all bytes are read, and compared with their SHA-256. Default: the size, the name and the end. */
  readonly readsAll?: boolean | undefined;
  /** Called after each part, with the number of checked parts. */
  readonly onProgress?: ((checked: number) => void) | undefined;
}

/** The result of {@link findDamagedParts}. */
export interface PartsReport {
  readonly checked: number;
  readonly damaged: readonly DamagedPart[];
  /** Parts that the store does not deliver. They do not count as checked. */
  readonly unreadable: readonly UnreadablePart[];
  /** Commits and replacements that cannot be read. The parts that depend on them were not checked. */
  readonly records: readonly UnreadableRecord[];
}

/**
 * Looks at the ends of all parts that count: those that producers have uploaded, and those that commits and
 * replacements name, whose sizes and names are compared, too. Rejects with the error of the store if the store fails to
 * list parts, or to deliver many parts or records in a row.
 */
export async function findDamagedParts(
  store: Pick<ObjectStore, "url" | "list" | "read" | "head">,
  { dataset, recordingIds, readsAll = false, onProgress }: PartsChoice,
): Promise<PartsReport> {
  const damaged: DamagedPart[] = [];
  const unreadable: UnreadablePart[] = [];
  let [checked, failures] = [0, 0];
  const records = new RecordReader(store, dataset);
  const ids = recordingIds === undefined ? [undefined] : new Set(recordingIds);
  for (const id of ids) {
    await forEachInParallel(partsToCheck(store, records, dataset, id), PARALLEL_CHECKS, async (part) => {
      const { key, size, isMendable } = part;
      let reason: string | undefined;
      try {
        reason = await damageOfNamed(store, part, readsAll);
        failures = 0;
      } catch (error) {
        if (!isRerunError(error)) throw error;
        const isTemporary = error.code === "SERVER" || error.code === "CONNECTION";
        if (isTemporary && ++failures >= MAX_FAILURES) throw error;
        unreadable.push({ key, size, reason: error.message.replace(`cannot read ${store.url}/${key}: `, "") });
        return;
      }
      if (reason !== undefined) damaged.push({ key, size, reason, isMendable });
      else if (part.isSought === true) return;
      checked++;
      onProgress?.(checked);
    });
  }
  return { checked, damaged: damaged.sort(byKey), unreadable: unreadable.sort(byKey), records: records.unreadable };
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}

/** The reason why a part is damaged, by all that is known about it. */
async function damageOfNamed(
  store: Pick<ObjectStore, "url" | "read" | "head">,
  part: PartToCheck,
  readsAll: boolean,
): Promise<string | undefined> {
  const { key, named } = part;
  const size = part.isListed ? part.size : (await store.head(part.bundle?.key ?? key))?.size;
  if (size === undefined) return `${named?.record} names it, and its object is gone`;
  if (part.isSought === true) return undefined;
  if (named !== undefined && named.bytes !== size) return `it has ${size} bytes, and ${named.bytes} by ${named.record}`;
  if (named !== undefined && !key.endsWith(`-${named.sha256.slice(0, HASH_DIGITS)}.rrd`))
    return `its name does not have the SHA-256 of ${named.record}`;
  const damage = await damageOf(store, part);
  if (damage !== undefined || !readsAll) return damage;
  const expected = named?.sha256 ?? (await store.head(key))?.sha256;
  if (expected === undefined || (await sha256Of(store, part)) === expected) return undefined;
  return `its bytes do not have the SHA-256 of ${named?.record ?? "its upload"}`;
}

/** The SHA-256 of the bytes of an object. */
async function sha256Of(store: Pick<ObjectStore, "read">, part: PartToCheck): Promise<string> {
  const hash = createHash("sha256");
  for (let offset = 0; offset < part.size; offset += PIECE_BYTES)
    hash.update(await readPart(store, part, { offset, length: Math.min(PIECE_BYTES, part.size - offset) }));
  return hash.digest("hex");
}

/** The reason why a part cannot be read, from its end. */
export async function damageOf(
  store: Pick<ObjectStore, "url" | "read">,
  part: PlacedPart,
): Promise<string | undefined> {
  const { openRrdParts } = await import("@rerun-ts/reading");
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
