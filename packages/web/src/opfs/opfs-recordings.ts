import { whyMissing } from "../page/missing-feature.ts";
import { RerunError } from "@rerun-ts/core";
import { withRerunErrors } from "@rerun-ts/core/checks";
import { completeLength, parseSegmentName, sortSegments } from "@rerun-ts/core/storage";
import { OpfsRecording } from "./opfs-recording.ts";
import { takeLock } from "./opfs-lock.ts";
import { areaFolder, childFolder, childHandles, folderName, lockName, nameOfFolder } from "./opfs-paths.ts";

/** Longest time that a page that has just ended may take to release its recording. */
const LOCK_MS = 1000;

/** A recording in the origin private file system. */
export interface OpfsRecordingInfo {
  /** The name given to `OpfsSink` or `saveToOpfs`. */
  readonly name: string;
  /** The size of the recording's data. */
  readonly bytes: number;
  /** Time of the last write. */
  readonly modifiedAt: Date;
  /** Whether a page or a worker is writing to the recording. */
  readonly isBeingWritten: boolean;
}

/** The used and the available storage of this origin. */
export interface OpfsEstimate {
  /** Bytes in use by all data of the origin, not only recordings. */
  readonly usedBytes: number;
  /** Bytes that the origin may use. Browsers only estimate this number. */
  readonly quotaBytes: number;
  /** Whether the browser promises to keep the data even if space is short. */
  readonly isPersistent: boolean;
}

/**
 * Lists the recordings of this origin in the origin private file system, by name.
 *
 * Rejects with `UNSUPPORTED` if the browser has none.
 *
 * @example
 * for (const { name, bytes } of await rr.opfs.listRecordings()) console.log(name, bytes);
 */
export async function listRecordings(): Promise<OpfsRecordingInfo[]> {
  const area = await supported(() => areaFolder("recordings", false));
  if (area === undefined) return [];
  const { held = [] } = await supported(() => navigator.locks.query());
  const locks = new Set(held.map(({ name }) => name));
  const all = await Promise.all(
    (await childHandles(area, "directory")).map(async (folder): Promise<OpfsRecordingInfo> => {
      // Also those of a later version, which only that version can open.
      const files = await filesIn(folder);
      return {
        name: nameOfFolder(folder.name),
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        modifiedAt: new Date(Math.max(0, ...files.map(({ lastModified }) => lastModified))),
        isBeingWritten: locks.has(lockName("recordings", folder.name)),
      };
    }),
  );
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Opens a recording for reading, also during its writing: it has the data written until now. An incomplete message at
 * its end, after a crash, is left out, and `cutBytes` has its size. Damaged messages are left out with a warning in the
 * console.
 *
 * Rejects with `NOT_FOUND` if no recording has that name, and `UNSUPPORTED` if the browser has no origin
 * private file system, or the recording is of a later version of this package.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the name is wrong
 *
 * @example
 * const recording = await rr.opfs.openRecording("session");
 * await recording.download("session.rrd");
 */
export function openRecording(name: string): Promise<OpfsRecording> {
  return withRerunErrors(async () => {
    const folder = await findFolder(name);
    const files = (await segmentFiles(folder)).filter(({ size }) => size > 0);
    const lengths = new Map<string, number>();
    let cutBytes = 0;
    for (const [index, file] of files.entries()) {
      const next = files[index + 1];
      // Segments are written one after the other: only the last of each kind can be incomplete.
      const isLast = next === undefined || kindOf(next) !== kindOf(file);
      const length = isLast ? completeLength(new Uint8Array(await file.arrayBuffer())) : file.size;
      cutBytes += file.size - length;
      // A crash may also cut off the beginning of a segment.
      if (length > 0) lengths.set(file.name, length);
    }
    return new OpfsRecording(name, folder, lengths, cutBytes);
  });
}

/**
 * Removes a recording from the origin private file system. Does nothing if there is none of the name.
 *
 * Rejects with `IO_ERROR` if a page is writing to it.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the name is wrong
 */
export function deleteRecording(name: string): Promise<void> {
  return withRerunErrors(async () => {
    const folder = folderName(name);
    const area = await supported(() => areaFolder("recordings", false));
    const release = await supported(() => takeLock(lockName("recordings", folder), LOCK_MS));
    if (release !== undefined) {
      try {
        if (area !== undefined) await area.removeEntry(folder, { recursive: true }).catch(unlessMissing);
      } finally {
        release();
      }
      return;
    }
    throw new RerunError("IO_ERROR", `cannot delete the recording ${JSON.stringify(name)}: a page is writing to it`, {
      argument: "name",
    });
  });
}

/** The used and the available storage of this origin. Rejects with `UNSUPPORTED` if the browser does not report it. */
export async function storageEstimate(): Promise<OpfsEstimate> {
  const { usage = 0, quota = 0 } = await supported(() => navigator.storage.estimate());
  return { usedBytes: usage, quotaBytes: quota, isPersistent: await supported(() => navigator.storage.persisted()) };
}

async function findFolder(name: string): Promise<FileSystemDirectoryHandle> {
  const path = folderName(name);
  const area = await supported(() => areaFolder("recordings", false));
  const folder = area === undefined ? undefined : await childFolder(area, path, false);
  if (folder !== undefined) return folder;
  throw new RerunError("NOT_FOUND", `there is no recording ${JSON.stringify(name)} in the origin private file system`, {
    argument: "name",
  });
}

async function segmentFiles(folder: FileSystemDirectoryHandle): Promise<File[]> {
  return sortSegments(await filesIn(folder));
}

async function filesIn(folder: FileSystemDirectoryHandle): Promise<File[]> {
  const handles = await childHandles(folder, "file");
  // A page that is recording may remove segments meanwhile.
  const files = await Promise.all(handles.map((handle) => handle.getFile().catch(unlessMissing)));
  return files.filter((file) => file !== undefined);
}

function kindOf({ name }: File): string | undefined {
  return parseSegmentName(name)?.kind;
}

function unlessMissing(error: unknown): undefined {
  if ((error as Error).name !== "NotFoundError") throw error;
}

/** Runs something that old browsers, private windows, and pages without a secure context do not have. */
async function supported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new RerunError("UNSUPPORTED", whyMissing("origin private file system"), { cause });
  }
}
