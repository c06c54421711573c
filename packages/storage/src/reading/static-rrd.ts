import { createHash } from "node:crypto";
import type { Chunk } from "@rerun-ts/reading";
import { isRerunError } from "@rerun-ts/core";
import { concatBytes } from "@rerun-ts/core/util";
import type { CountedPart } from "../replacements/counted-parts.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { openObjects } from "./open-parts.ts";
import { modifiedMs } from "../store/modified-ms.ts";

/** The static data of some parts of a recording, as a file of its own. */
export interface StaticRrd {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The SHA-256 of the bytes, as 64 hexadecimal digits. */
  readonly sha256: string;
  readonly chunks: number;
  readonly rows: number;
}

/**
 * Reads the static data of parts that other parts do not have, without that of damaged parts.
 *
 * @param parts the parts of one recording
 * @param others the parts of the recording whose static data is left out
 * @throws {RerunError} the errors of the store
 */
export async function readStatics(
  store: Pick<ObjectStore, "url" | "read">,
  parts: readonly CountedPart[],
  others: readonly CountedPart[],
  signal: AbortSignal | undefined,
): Promise<StaticRrd | undefined> {
  let applicationId: string | undefined;
  const staticChunks: Chunk[] = [];
  const missing = new Set<string>();
  for (const part of parts) {
    const statics = await staticsOf(store, part, signal);
    applicationId ??= statics.applicationId;
    for (const chunk of statics.chunks) {
      staticChunks.push(chunk);
      for (const column of columnsOf(chunk)) missing.add(column);
    }
  }
  // Nearly always the newest part has all of it.
  for (const part of [...others].sort((a, b) => modifiedMs(b, 0) - modifiedMs(a, 0))) {
    if (missing.size === 0) break;
    for (const chunk of (await staticsOf(store, part, signal)).chunks)
      for (const column of columnsOf(chunk)) missing.delete(column);
  }
  const kept = staticChunks.filter((chunk) => columnsOf(chunk).some((column) => missing.has(column)));
  const recordingId = parts[0]?.recordingId;
  if (kept.length === 0 || applicationId === undefined || recordingId === undefined) return undefined;
  const { ChunkStream } = await import("@rerun-ts/reading");
  const pieces: Uint8Array[] = [];
  for await (const piece of ChunkStream.from(kept).encode({ applicationId, recordingId })) pieces.push(piece);
  const rows = kept.reduce((sum, { numRows }) => sum + numRows, 0);
  const bytes = concatBytes(pieces);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), chunks: kept.length, rows };
}

interface Statics {
  readonly applicationId?: string;
  readonly chunks: readonly Chunk[];
}

/** The static chunks of a part. A damaged part has none that could be read. */
async function staticsOf(
  store: Pick<ObjectStore, "url" | "read">,
  part: CountedPart,
  signal: AbortSignal | undefined,
): Promise<Statics> {
  try {
    await using file = await openObjects(store, [part], { signal });
    const recording = file.recording();
    const chunks: Chunk[] = [];
    for await (const chunk of recording.chunks({ isStatic: true, signal })) chunks.push(chunk);
    return { applicationId: recording.info.applicationId, chunks };
  } catch (error) {
    if (isRerunError(error) && error.code === "INVALID_FORMAT") return { chunks: [] };
    throw error;
  }
}

function columnsOf({ entityPath, components }: Chunk): readonly string[] {
  return components.map((component) => `${entityPath} ${component}`);
}
