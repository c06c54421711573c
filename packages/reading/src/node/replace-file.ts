import {
  chmodSync,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";

/** The age from which on the incomplete file of a process that has ended is removed. */
const ABANDONED_MS = 60 * 60 * 1000;

/** The length of the longest name of a file in bytes on usual file systems, less room for what is added to it. */
const MAX_START = 255 - 32;

/** The incomplete files of this process, because several calls may write the same file at the same time. */
const writing = new Set<string>();

/** Checks and work just before a complete file gets its name. */
export type BeforeReplacing = (fd: number) => void;

/**
 * Writes a file under another name in its folder, and renames it when it is complete. Symbolic links and the
 * permissions of a replaced file are preserved. Devices and pipes are written directly. A later call for the same path
 * removes the incomplete file of a killed process, and the end of this process removes its own ones.
 */
export async function replaceFile(
  path: string,
  write: (fd: number) => Promise<void>,
  beforeReplacing?: BeforeReplacing,
): Promise<void> {
  const before = statSync(path, { throwIfNoEntry: false });
  // Otherwise only the last step would fail, after all the work.
  if (before?.isDirectory() === true) throw new Error("it is a folder");
  if (before !== undefined && !before.isFile()) return writeInto(openSync(path, "w"), write);
  const target = before === undefined ? linkedPath(path) : realpathSync(path);
  removeAbandoned(target);
  const start = `${join(dirname(target), partialStart(target))}${process.pid}`;
  let partial = `${start}.partial`;
  for (let other = 1; writing.has(partial); other++) partial = `${start}.${other}.partial`;
  const fd = openSync(partial, "w");
  if (writing.size === 0) process.on("exit", removeIncomplete);
  writing.add(partial);
  try {
    await writeInto(fd, async () => {
      // By its name, because Node's permission model forbids the change by a descriptor.
      if (before?.isFile() === true) chmodSync(partial, before.mode & 0o777);
      await write(fd);
      beforeReplacing?.(fd);
    });
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    writing.delete(partial);
    if (writing.size === 0) process.off("exit", removeIncomplete);
  }
}

/** The start of the names of incomplete files: the name of the file, shortened so that more fits behind it. */
function partialStart(target: string): string {
  const name = basename(target);
  const { read } = new TextEncoder().encodeInto(name, new Uint8Array(MAX_START));
  return `${name.slice(0, read)}.`;
}

/** The path of a missing file, which a symbolic link may name. */
function linkedPath(path: string): string {
  let target = path;
  // A link to itself has failed before.
  while (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    target = resolve(dirname(target), readlinkSync(target));
  return target;
}

/** Removes the incomplete files of this process, which is about to end. */
export function removeIncomplete(): void {
  for (const path of writing) rmSync(path, { force: true });
}

async function writeInto(fd: number, write: (fd: number) => Promise<void>): Promise<void> {
  try {
    await write(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes incomplete files whose processes have ended long ago. */
function removeAbandoned(target: string): void {
  const start = partialStart(target);
  try {
    for (const name of readdirSync(dirname(target))) {
      if (!name.startsWith(start)) continue;
      const [, id] = /^(\d+)(?:\.\d+)?\.partial$/.exec(name.slice(start.length)) ?? [];
      if (id === undefined || isRunning(Number(id))) continue;
      const path = join(dirname(target), name);
      // The age decides, because the process may run on another machine that shares the folder.
      if (Date.now() - statSync(path).mtimeMs >= ABANDONED_MS) rmSync(path, { force: true });
    }
  } catch {
    // A failed clean-up must not prevent writing.
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
