import { stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWorkFolder } from "../compact/work-folder.ts";
import { damagedPartKey, partKey, parsePartKey } from "../parts/part-key.ts";
import { RUN_DIGITS, uploadPart } from "../parts/part-store.ts";
import { objectAccess } from "../reading/object-access.ts";
import { hashOf } from "../spool/part-contents.ts";
import { FileSource } from "../store/file-source.ts";
import { unescapeId } from "../store/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { DamagedPart } from "./damaged-parts.ts";

const PIECE_BYTES = 8 * 1024 * 1024;
const NEVER = new AbortController().signal;

/** A part that was mended, or would be. */
export interface MendedPart {
  readonly key: string;
  /** The key of the mended part. Without one, no chunk of the part is whole. */
  readonly mendedKey: string | undefined;
  /** The key under which the damaged part is kept. */
  readonly keptKey: string;
  readonly chunks: number;
  readonly lostBytes: number;
}

/**
 * Writes the whole chunks of a damaged part to a new part, and keeps the damaged one under another key, where nobody
 * counts it. Each step can be repeated: chunks that are in both parts count once.
 */
export async function mendPart(
  store: ObjectStore,
  dataset: string,
  damaged: DamagedPart,
  dryRun: boolean,
): Promise<MendedPart> {
  const { repairRrd } = await import("@rerun-ts/reading");
  const { key, size } = damaged;
  const keptKey = damagedPartKey(dataset, key);
  const work = await makeWorkFolder(tmpdir());
  try {
    const path = join(work.path, "mended.rrd");
    let [chunks, lostBytes] = [0, size];
    const source = objectAccess(store, damaged);
    await writeFile(path, repairRrd([source], { onReport: (report) => ({ chunks, lostBytes } = report) })).catch(
      (error: unknown) => {
        // It does not even begin as a recording.
        if ((error as { readonly code?: unknown }).code !== "INVALID_FORMAT") throw error;
      },
    );
    const run = chunks === 0 ? "" : (await hashOf(path, "sha256")).slice(0, RUN_DIGITS);
    const mendedKey = chunks === 0 ? undefined : keyWithRun(dataset, key, run);
    const result = { key, mendedKey, keptKey, chunks, lostBytes };
    if (dryRun) return result;
    if (mendedKey !== undefined) {
      const body = await fileOf(path);
      const upload = { key: mendedKey, body, sha256: () => hashOf(path, "sha256"), md5: () => hashOf(path, "md5") };
      await uploadPart(store, upload, NEVER);
    }
    const copy = join(work.path, "damaged.rrd");
    await writeFile(copy, piecesOf(store, damaged));
    const body = await fileOf(copy);
    const kept = { key: keptKey, body, sha256: () => hashOf(copy, "sha256"), md5: () => hashOf(copy, "md5") };
    await uploadPart(store, kept, NEVER);
    await store.delete(key);
    return result;
  } finally {
    await work.release();
  }
}

async function fileOf(path: string): Promise<FileSource> {
  return new FileSource(path, (await stat(path)).size);
}

async function* piecesOf(store: Pick<ObjectStore, "read">, { key, size }: DamagedPart): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; offset += PIECE_BYTES)
    yield await store.read(key, { offset, length: Math.min(PIECE_BYTES, size - offset) });
}

/** The key of the same part in another run. */
function keyWithRun(dataset: string, key: string, run: string): string {
  const { recordingId: id = "" } = parsePartKey(key) ?? {};
  const [, producer = "", number = ""] = /([^/]+)-[^/-]+\/(\d+)\.rrd$/.exec(key) ?? [];
  return partKey({
    dataset,
    kind: "recording",
    id,
    producer: unescapeId(producer) ?? producer,
    run,
    number: Number(number),
  });
}
