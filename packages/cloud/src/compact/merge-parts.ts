import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { PartFiles } from "../keeper/part-files.ts";
import type { CountedPart } from "../replacements/counted-parts.ts";
import { fileSource } from "../spool/part-contents.ts";
import type { ObjectBody, ObjectStore } from "../store/object-store.ts";
import { makeWorkFolder } from "./work-folder.ts";
import { columnsOfPart, largestClass, type PartColumns } from "./part-columns.ts";

const COPIED_AT_ONCE = 8;

/** An unchanged part. */
export interface LeftOutPart {
  /** The key of the part. */
  readonly key: string;
  /** The reason: it is damaged, or does not fit to the others. */
  readonly reason: string;
}

/** Parts that have become one. */
export interface MergedParts {
  readonly body: ObjectBody;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunks: number;
  readonly rows: number;
  /** The parts in it. */
  readonly parts: readonly CountedPart[];
}

/** The result of {@link MergeParts}. */
export interface MergeResult {
  /** `undefined` if fewer than two parts fit to each other. */
  readonly merged: MergedParts | undefined;
  readonly leftOut: readonly LeftOutPart[];
  /** Releases the files of the result. */
  release(): Promise<void>;
}

/** Makes one part of several. */
export type MergeParts = (parts: readonly CountedPart[], signal: AbortSignal | undefined) => Promise<MergeResult>;

/**
 * Merges parts in files of a temporary folder: they need twice the size of the parts, and little memory. The next call
 * removes the folders of killed programs.
 */
export function mergeInFiles(store: Pick<ObjectStore, "url" | "read">, folder: string): MergeParts {
  return async (parts, signal) => {
    const work = await makeWorkFolder(folder);
    const release = (): Promise<void> => work.release();
    try {
      return { ...(await merge(store, parts, work.path, signal ?? new AbortController().signal)), release };
    } catch (error) {
      await release();
      throw error;
    }
  };
}

interface CopiedPart {
  readonly part: CountedPart;
  readonly path: string;
  readonly columns: PartColumns;
}

async function merge(
  store: Pick<ObjectStore, "url" | "read">,
  parts: readonly CountedPart[],
  folder: string,
  signal: AbortSignal,
): Promise<Omit<MergeResult, "release">> {
  const leftOut: LeftOutPart[] = [];
  const copied = await copyParts(store, parts, folder, signal, leftOut);
  let fitting = largestClass(copied);
  for (const { part } of copied)
    if (!fitting.some((each) => each.part === part))
      leftOut.push({ key: part.key, reason: "it has a component with another type than most parts" });
  const output = join(folder, "merged.rrd");
  let written: WrittenFile | undefined;
  while (written === undefined) {
    if (fitting.length < 2) return { merged: undefined, leftOut };
    const damage = new Map<CopiedPart, string>();
    written = await writeMerged(fitting, output, damage, signal);
    for (const [{ part }, reason] of damage) leftOut.push({ key: part.key, reason });
    if (written === undefined) fitting = fitting.filter((each) => !damage.has(each));
  }
  const sources = fitting.map(({ path }) => path);
  const { bytes, sha256 } = written;
  const [expected, found] = [await countsOf(sources), await countsOf([output])];
  // The sources are deleted later, so nothing may be missing.
  if (expected.rows !== found.rows)
    throw new RerunError(
      "INTERNAL",
      `merging ${sources.length} parts with ${expected.rows} rows has made ${found.rows}`,
    );
  const body = fileSource(output, bytes);
  return { merged: { body, bytes, sha256, ...found, parts: fitting.map(({ part }) => part) }, leftOut };
}

/** Copies parts to files, without damaged ones. */
async function copyParts(
  store: Pick<ObjectStore, "url" | "read">,
  parts: readonly CountedPart[],
  folder: string,
  signal: AbortSignal,
  leftOut: LeftOutPart[],
): Promise<readonly CopiedPart[]> {
  const files = new PartFiles(store, folder, false);
  const copied: CopiedPart[] = [];
  for (let at = 0; at < parts.length; at += COPIED_AT_ONCE) {
    const some = parts.slice(at, at + COPIED_AT_ONCE);
    const results = await Promise.allSettled(
      some.map(async (part): Promise<CopiedPart> => {
        const path = fileURLToPath(await files.prepare(part, signal));
        return { part, path, columns: await columnsOfPart(path, part.recordingId) };
      }),
    );
    for (const [index, result] of results.entries()) {
      if (result.status === "fulfilled") copied.push(result.value);
      else if (isRerunError(result.reason) && result.reason.code === "INVALID_FORMAT")
        leftOut.push({ key: some[index]?.key ?? "", reason: messageOf(result.reason) });
      else throw result.reason;
    }
  }
  return copied;
}

interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes parts as one file.
 *
 * @param damage receives the damaged parts, with the reason. If there are any, nothing is written
 */
async function writeMerged(
  parts: readonly CopiedPart[],
  output: string,
  damage: Map<CopiedPart, string>,
  signal: AbortSignal,
): Promise<WrittenFile | undefined> {
  const { optimizeRrd } = await import("@rerun-ts/arrow");
  const hash = createHash("sha256");
  const file = await open(output, "w");
  let bytes = 0;
  try {
    // Rows stay whole, so that each row id is in one chunk.
    const pieces = optimizeRrd(
      parts.map(({ path }) => path),
      {
        splitSizeRatio: null,
        keepStaticChunks: true,
        signal,
        continueOnError: true,
        onDamage({ source, offset, lostBytes, reason }) {
          const part = parts[source];
          if (part !== undefined && !damage.has(part))
            damage.set(part, `it is damaged at byte ${offset} (${lostBytes} bytes): ${reason}`);
        },
      },
    );
    for await (const piece of pieces) {
      // All parts are read before the first piece is made.
      if (damage.size > 0) return undefined;
      hash.update(piece);
      for (let written = 0; written < piece.byteLength;) written += (await file.write(piece, written)).bytesWritten;
      bytes += piece.byteLength;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The number of chunks and rows, each chunk once. */
async function countsOf(paths: readonly string[]): Promise<{ readonly chunks: number; readonly rows: number }> {
  const { openRrdParts } = await import("@rerun-ts/arrow");
  await using file = await openRrdParts(paths);
  const recording = file.recording();
  return { chunks: recording.numChunks, rows: recording.numRows };
}
