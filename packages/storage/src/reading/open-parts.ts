import type * as reading from "@rerun-ts/reading";
import type { OpenRrdPartsOptions, RandomAccess, RrdFile } from "@rerun-ts/reading";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { checkDataset, directPrefix } from "../parts/part-key.ts";
import type { PlacedPart } from "../parts/read-part.ts";
import { CountedParts } from "../replacements/counted-parts.ts";
import { checkObjectStore } from "../store/check-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { objectAccess } from "./object-access.ts";

/** Options of {@link openParts}. */
export interface OpenPartsOptions {
  /** The dataset of the recording, as that of its `PartsSink` or `NatsSink`. */
  dataset: string;
  /** The id of its `RecordingStream`. */
  recordingId: string;
  /** The number of bytes of decompressed chunks kept for later queries. Default 64 MiB. */
  maxCacheBytes?: number | undefined;
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

/** The size below which objects are read as a whole and cached, because a request takes longer than their bytes. */
const SMALL_BYTES = 64 * 1024;
/** The maximum size of small objects in memory, in bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

const KNOWN: OptionNames<OpenPartsOptions> = { dataset: 1, recordingId: 1, maxCacheBytes: 1, signal: 1 };

/**
 * Opens a recording in a store: all of its parts so far as one. Only their footers are read at first, and later the
 * requested chunks, by ranges of bytes. Parts without a whole end are left out, and `leftOut` of the file names them:
 * `rerun-ts parts mend` mends them. `rerun-ts parts check` also finds objects that somebody has deleted.
 *
 * @throws {RerunError} `NOT_FOUND` without parts, `INVALID_FORMAT` if all are damaged, or if it is unclear which
 * ones count, and the errors of the store
 *
 * @example
 * await using file = await openParts(store, { dataset: "fleet", recordingId: "run7" });
 * const table = await file.recording().query({ index: "frame" }).toTable();
 */
export function openParts(
  store: Pick<ObjectStore, "url" | "list" | "read">,
  options: OpenPartsOptions,
): Promise<RrdFile> {
  return withRerunErrors(async () => {
    checkObjectStore("store", store, ["list", "read"]);
    checkOptions("openParts", options, KNOWN);
    const { dataset, recordingId, maxCacheBytes, signal } = options ?? ({} as Partial<OpenPartsOptions>);
    if (typeof recordingId !== "string") throw invalidArgument("recordingId", "the id of a recording", recordingId);
    // Is loaded beside the first requests.
    void loadReading().catch(() => {});
    const prefix = directPrefix(checkDataset(dataset), recordingId);
    const counted = await new CountedParts(store, checkDataset(dataset)).listOne(recordingId, signal);
    if (counted.length === 0)
      throw new RerunError(
        "NOT_FOUND",
        `cannot open ${store.url}/${prefix}: there are no parts of this recording; check \`dataset\` and \`recordingId\``,
      );
    return openObjects(store, counted, { maxCacheBytes, signal, leaveOut: (index) => counted[index]?.key ?? "" });
  });
}

/** Opens parts as one file. @throws {RerunError} as {@link openParts} */
export async function openObjects(
  store: Pick<ObjectStore, "url" | "read">,
  parts: readonly PlacedPart[],
  options: Pick<OpenRrdPartsOptions, "maxCacheBytes" | "signal" | "leaveOut">,
): Promise<RrdFile> {
  let keptBytes = 0;
  const sources = parts.map((part) => {
    const isKept = part.size <= SMALL_BYTES && keptBytes + part.size <= MAX_KEPT_BYTES;
    if (isKept) keptBytes += part.size;
    return isKept ? keptAccess(objectAccess(store, part)) : objectAccess(store, part);
  });
  const { openRrdParts } = await loadReading();
  try {
    return await openRrdParts(sources, options);
  } catch (error) {
    throw namingPart(error, (index) => `${store.url}/${parts[index]?.key}`);
  }
}

/** Programs that only write need not load it. */
function loadReading(): Promise<typeof reading> {
  return import("@rerun-ts/reading");
}

/** Names the part of a source in its error. */
function namingPart(error: unknown, nameOf: (index: number) => string): unknown {
  if (!isRerunError(error)) return error;
  const message = error.message.replace(/`sources\[(\d+)\]`/, (_, index: string) => nameOf(Number(index)));
  return message === error.message ? error : new RerunError(error.code, message, { cause: error });
}

/** The bytes of a small object, which is read once. */
function keptAccess(access: RandomAccess): RandomAccess {
  let kept: Promise<Uint8Array> | undefined;
  return {
    size: access.size,
    async read(offset, length, options) {
      kept ??= Promise.resolve(access.read(0, access.size, options)).catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
      return (await kept).subarray(offset, offset + length);
    },
  };
}
