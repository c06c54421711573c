import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { PartFiles } from "../keeper/part-files.ts";
import type { CountedPart } from "../replacements/counted-parts.ts";
import { FileSource } from "../store/file-source.ts";
import type { ObjectBody, ObjectStore } from "../store/object-store.ts";
import { makeWorkFolder } from "./work-folder.ts";
import { columnsOfPart, fittingParts, type PartColumns } from "../reading/part-columns.ts";

const COPY_BATCH = 8;

/** A part left as it is in the bucket. */
export interface UnchangedPart {
  /** The key of the part in the bucket. */
  readonly key: string;
  /** The reason: the part is damaged, or does not fit the others. */
  readonly reason: string;
}

/** Parts that have become one. */
export interface MergedParts {
  readonly body: ObjectBody;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunks: number;
  readonly rows: number;
  /** The parts of the group. */
  readonly parts: readonly CountedPart[];
}

/** The result of {@link MergeParts}. */
export interface MergeResult {
  /** `undefined` if fewer than two parts fit to each other. */
  readonly merged: MergedParts | undefined;
  readonly leftOut: readonly UnchangedPart[];
  /** Releases the files of the result. */
  release(): Promise<void>;
}

/** Makes one part of several. */
export type MergeParts = (parts: readonly CountedPart[], signal: AbortSignal | undefined) => Promise<MergeResult>;

/**
 * Merges parts in files of a temporary folder: they need twice the size of the parts, and little memory. The next call
 * removes the folders of killed programs.
 */
export function mergeInFiles(store: Pick<ObjectStore, "url" | "read" | "head">, folder: string): MergeParts {
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
  readonly size: number;
  readonly columns: PartColumns;
}

async function merge(
  store: Pick<ObjectStore, "url" | "read" | "head">,
  parts: readonly CountedPart[],
  folder: string,
  signal: AbortSignal,
): Promise<Omit<MergeResult, "release">> {
  const leftOut: UnchangedPart[] = [];
  const copied = await copyParts(store, parts, folder, signal, leftOut);
  let fitting = fittingParts(copied);
  for (const { part } of copied)
    if (!fitting.some((each) => each.part === part))
      leftOut.push({ key: part.key, reason: "it has a component with another type than most parts" });
  while (fitting.length >= 2) {
    try {
      return { merged: await mergeFiles(fitting, folder, signal), leftOut };
    } catch (error) {
      const damaged = isOfMachine(error) ? [] : await damagedParts(fitting, signal);
      if (damaged.length === 0) throw error;
      leftOut.push(...damaged);
      fitting = fitting.filter(({ part }) => !damaged.some(({ key }) => key === part.key));
    }
  }
  return { merged: undefined, leftOut };
}

async function mergeFiles(copied: readonly CopiedPart[], folder: string, signal: AbortSignal): Promise<MergedParts> {
  const output = join(folder, "merged.rrd");
  const sources = copied.map(({ path }) => path);
  const { bytes, sha256 } = await writeMerged(sources, output, signal);
  const [expected, found] = [await countsOf(sources), await countsOf([output])];
  // The sources are deleted later, so the result must be complete.
  if (expected.rows !== found.rows)
    throw new RerunError(
      "INTERNAL",
      `merging ${sources.length} parts with ${expected.rows} rows has made ${found.rows}`,
    );
  return { body: new FileSource(output, bytes), bytes, sha256, ...found, parts: copied.map(({ part }) => part) };
}

/** Whether an error says nothing about the parts. */
function isOfMachine(error: unknown): boolean {
  return !isRerunError(error) || ["ABORTED", "IO_ERROR", "QUOTA"].includes(error.code);
}

/** The parts with damage that their footers do not show: only all of their chunks do. */
async function damagedParts(copied: readonly CopiedPart[], signal: AbortSignal): Promise<readonly UnchangedPart[]> {
  const { verifyRrd } = await import("@rerun-ts/reading");
  const damaged: UnchangedPart[] = [];
  for (const { part, path } of copied) {
    const [problem] = (await verifyRrd(path, { signal })).problems;
    if (problem === undefined) continue;
    const where = problem.offset === undefined ? "" : ` at byte ${problem.offset}`;
    damaged.push({ key: part.key, reason: `it is damaged${where}: ${problem.reason}` });
  }
  return damaged;
}

/** Copies parts to files, without damaged ones. */
async function copyParts(
  store: Pick<ObjectStore, "url" | "read" | "head">,
  parts: readonly CountedPart[],
  folder: string,
  signal: AbortSignal,
  leftOut: UnchangedPart[],
): Promise<readonly CopiedPart[]> {
  const files = new PartFiles(store, folder, false);
  const copied: CopiedPart[] = [];
  for (let start = 0; start < parts.length; start += COPY_BATCH) {
    const some = parts.slice(start, start + COPY_BATCH);
    const results = await Promise.allSettled(
      some.map(async (part): Promise<CopiedPart> => {
        const path = fileURLToPath(await files.prepare(part, signal));
        return { part, path, size: part.size, columns: await columnsOfPart(path, part.recordingId) };
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

async function writeMerged(
  sources: readonly string[],
  output: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { optimizeRrd } = await import("@rerun-ts/reading");
  const hash = createHash("sha256");
  // An earlier attempt may have left a file, which is overwritten.
  const file = await open(output, "w");
  let bytes = 0;
  try {
    // `splitSizeRatio: null` keeps rows whole, so that each row id is in one chunk.
    for await (const piece of optimizeRrd(sources, { splitSizeRatio: null, keepStaticChunks: true, signal })) {
      hash.update(piece);
      for (let written = 0; written < piece.byteLength;) written += (await file.write(piece, written)).bytesWritten;
      bytes += piece.byteLength;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The number of chunks and rows. Each chunk counts once. */
async function countsOf(paths: readonly string[]): Promise<{ readonly chunks: number; readonly rows: number }> {
  const { openRrdParts } = await import("@rerun-ts/reading");
  await using file = await openRrdParts(paths);
  const recording = file.recording();
  return { chunks: recording.numChunks, rows: recording.numRows };
}
