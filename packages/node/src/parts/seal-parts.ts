import { existsSync, readdirSync } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";
import { ManifestReader, RrdDecoder, footerEntry } from "@rerun-ts/core/rrd";
import { syncFolder } from "../file/durable-file.ts";
import { DirectoryLock, LockedError } from "../spool/directory-lock.ts";
import { removeSockets } from "../spool/remove-sockets.ts";
import { isCut } from "./cut-part.ts";
import { LOCK, OPEN, parsePartName } from "./part-name.ts";

const BLOCK_BYTES = 1024 * 1024;
/** The end of the name of a draft of a lock, or of its successor. */
const LOCK_TOKEN = /(?<=[.]lock)[.][0-9a-f]{32}(?:[.]new)?$/;

/** A part that was sealed. */
export interface SealedPart {
  /** The current path of the part. */
  readonly path: string;
  readonly messages: number;
  /** The number of rows, with those that are repeated from earlier parts. */
  readonly rows: number;
  /** The number of bytes of an incomplete message that were removed from the end of the part. */
  readonly lostBytes: number;
}

/** The result of sealing a folder. */
export interface SealReport {
  readonly sealed: readonly SealedPart[];
  /** The paths of parts that programs are still writing. */
  readonly inUse: readonly { readonly path: string; readonly owner: string }[];
  readonly failed: readonly { readonly path: string; readonly error: unknown }[];
}

/** Options of {@link sealParts}. */
export interface SealOptions {
  /** Whether the parts stay as they are, and only the report is of interest. Default `false`. */
  readonly dryRun?: boolean | undefined;
  /** Ends the waiting for owners of parts that may no longer exist: their parts are left as they are. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each part, with the number of finished parts. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called before a wait, with the reason for it. */
  readonly onWaiting?: ((text: string) => void) | undefined;
}

/**
 * Finishes parts in a folder that ended programs have left unfinished. Each part is cut after its last complete
 * message, and gets a footer and its final name. Parts of running programs are left alone. Rejects if the folder cannot
 * be read.
 */
export async function sealParts(folder: string, options: SealOptions = {}): Promise<SealReport> {
  const report = {
    sealed: [] as SealedPart[],
    inUse: [] as SealReport["inUse"][number][],
    failed: [] as SealReport["failed"][number][],
  };
  const names = readdirSync(folder).map(parsePartName);
  const unfinished = names.filter((name) => name?.kind === "open").map((name) => name?.name ?? "");
  for (const [done, name] of unfinished.entries()) {
    options.onProgress?.(done, unfinished.length);
    const path = join(folder, name);
    try {
      const lock = await takeLock(folder, name, options);
      try {
        const sealed = await sealPart(folder, path, options.dryRun);
        if (sealed !== undefined) report.sealed.push(sealed);
      } finally {
        lock.release();
      }
    } catch (error) {
      if (error instanceof LockedError && error.owner !== "unknown")
        report.inUse.push({ path: path + OPEN, owner: error.message });
      else report.failed.push({ path: path + OPEN, error });
    }
  }
  if (options.dryRun !== true) await removeLocks(folder);
  return report;
}

/** Takes the lock of a part. Rejects with a {@link LockedError} if its owner runs, or may run after the wait. */
function takeLock(folder: string, name: string, { signal, onWaiting }: SealOptions): Promise<DirectoryLock> {
  const warn = (owner: string): void =>
    onWaiting?.(`the part ${name} has a lock of ${owner}, which may no longer exist; waiting for up to 30 seconds`);
  return DirectoryLock.takeInBackground(folder, name + LOCK, warn, signal);
}

/** Seals a part whose lock this process holds. Returns `undefined` if the part is missing or empty. */
export async function sealPart(folder: string, path: string, dryRun = false): Promise<SealedPart | undefined> {
  if (!existsSync(path + OPEN)) return undefined;
  if (existsSync(path)) throw new RerunError("IO_ERROR", `${path} exists already; rename one of the two`);
  const file = await open(path + OPEN, dryRun ? "r" : "r+");
  try {
    const { writer, messages, rows, hasData, size, problem } = await readPartMessages(file);
    if (problem !== undefined && !(await isCut(file, writer.position))) throw problem;
    if (!hasData) {
      if (!dryRun) await rm(path + OPEN);
      return undefined;
    }
    const { position } = writer;
    const sealed = { path, messages, rows, lostBytes: size - position };
    if (dryRun) return sealed;
    await file.truncate(position);
    await writeAll(file, writer.finish(), position);
    await file.datasync();
    await rename(path + OPEN, path);
    syncFolder(folder);
    return sealed;
  } finally {
    await file.close();
  }
}

/** Reads the whole messages of a part, up to a footer that may follow them. */
export async function readPartMessages(file: FileHandle): Promise<{
  writer: RrdWriter;
  messages: number;
  rows: number;
  /** Whether there is more than the message that opens the store: without chunks a recording has no index. */
  hasData: boolean;
  size: number;
  /** The error of a message that is damaged: the messages before it were read. */
  problem: RerunError | undefined;
}> {
  const writer = new RrdWriter({ maxFooterBytes: Infinity, allowConflicts: true });
  const decoder = new RrdDecoder();
  const manifests = new ManifestReader();
  const { size } = await file.stat();
  let messages = 0;
  let rows = 0;
  let hasData = false;
  let problem: RerunError | undefined;
  for (let at = 0; at < size && problem === undefined;) {
    const block = new Uint8Array(Math.min(BLOCK_BYTES, size - at));
    const { bytesRead } = await file.read(block, 0, block.byteLength, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    try {
      for (const message of decoder.push(block.subarray(0, bytesRead))) {
        // After a loss of power, zeros in place of messages look like an end, too.
        if (message.kind === "end") return { writer, messages, rows, hasData, size, problem };
        const entry = footerEntry(message, manifests);
        writer.frame(entry);
        messages++;
        rows += entry.manifest?.rows ?? 0;
        hasData ||= message.kind !== "storeInfo";
      }
    } catch (error) {
      problem = RerunError.from(error);
    }
  }
  return { writer, messages, rows, hasData, size, problem };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at, position + at);
    at += bytesWritten;
  }
}

/**
 * Removes the locks of programs that were killed between giving a part its name and removing its lock, and what is left
 * of locks of programs that were killed while they took one.
 */
async function removeLocks(folder: string): Promise<void> {
  const names = new Set(readdirSync(folder));
  const locks = new Set([...names].map((text) => text.replace(LOCK_TOKEN, "")));
  for (const lock of locks) {
    const found = parsePartName(lock);
    if (found?.kind !== "lock" || names.has(found.name + OPEN)) continue;
    try {
      (await DirectoryLock.tryTake(folder, lock)).release();
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
    }
  }
  // Nobody waits for this.
  await removeSockets(folder).catch(() => {});
}
