import { once } from "node:events";
import { fstatSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { isatty } from "node:tty";
import type * as files from "@rerun-ts/arrow/node-files";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { writeFully } from "../../file/write-fully.ts";

const STDOUT = 1;
/** Number of bytes that are written to a file at once; rows are much smaller. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Writes bytes to a file, which appears when it is complete, to a device, or with `-` or no path to standard output.
 * Rejects with `IO_ERROR`.
 */
export async function writeOutput(path: string | undefined, bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  if (path === undefined || path === "-") return writeStandardOutput(bytes);
  const { replaceFile, removeIncomplete } = await loadFiles();
  const stopWatching = beforeInterrupted(removeIncomplete);
  let isOpen = false;
  const write = (fd: number): Promise<void> => {
    isOpen = true;
    return writeBlocks(fd, path, bytes);
  };
  try {
    await replaceFile(path, write);
  } catch (error) {
    // It is opened first, so that the reason names the place and not the data.
    if (!isOpen) throw new RerunError("IO_ERROR", `cannot create ${path}: ${messageOf(error)}`, { cause: error });
    throw RerunError.from(error, "IO_ERROR");
  } finally {
    stopWatching();
  }
}

/** Calls a function before Ctrl-C ends the process. A command that ends by itself then completes its file. */
function beforeInterrupted(run: () => void): () => void {
  const signals = (["SIGINT", "SIGTERM"] as const).filter((signal) => process.listenerCount(signal) === 0);
  const end = (signal: NodeJS.Signals): void => {
    stop();
    run();
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return stop;
}

/** Makes a folder, and those above it. Rejects with `IO_ERROR`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "EEXIST" ? "there is a file" : messageOf(error);
    throw new RerunError("IO_ERROR", `cannot make the folder ${path}: ${reason}`, { cause: error });
  }
}

/** Loads how files are replaced. Rejects with `UNSUPPORTED` if the package is missing. */
async function loadFiles(): Promise<typeof files> {
  try {
    return await import("@rerun-ts/arrow/node-files");
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "writing files needs the package: npm install @rerun-ts/arrow", {
      cause: error,
    });
  }
}

async function writeStandardOutput(bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  const kind = fstatSync(STDOUT);
  // The stream of Node does not notice that a file takes only a part.
  if (kind.isFile() || (kind.isCharacterDevice() && !isatty(STDOUT)))
    return writeBlocks(STDOUT, "standard output", bytes);
  const { stdout } = process;
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => (failure ??= error));
  for await (const piece of bytes) {
    if (failure === undefined && !stdout.write(piece)) await Promise.race([once(stdout, "drain"), closed()]);
    if (failure !== undefined) break;
  }
  // The callback comes after the errors of all writes.
  if (failure === undefined) await new Promise((resolve) => stdout.write("", resolve));
  // The reader had enough, such as `head`.
  if (failure !== undefined && failure.code !== "EPIPE") throw cannotWrite("standard output", failure);
}

function closed(): Promise<unknown> {
  return new Promise((resolve) => process.stdout.once("close", resolve).once("error", resolve));
}

/** Writes to an open file in blocks. Rejects with `IO_ERROR` if it cannot take everything. */
async function writeBlocks(fd: number, name: string, bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const write = (): void => {
    try {
      writeFully(fd, pieces);
    } catch (error) {
      throw cannotWrite(name, error);
    }
    pieces = [];
    size = 0;
  };
  for await (const piece of bytes) {
    const own = typeof piece === "string" ? Buffer.from(piece) : piece;
    pieces.push(own);
    size += own.byteLength;
    if (size >= BLOCK_BYTES) write();
  }
  write();
}

function cannotWrite(name: string, cause: unknown): RerunError {
  return new RerunError("IO_ERROR", `cannot write ${name}: ${messageOf(cause)}`, { cause });
}

/** Prints text to standard output, also if that is a pipe that nobody reads any more. */
export async function print(text: string): Promise<void> {
  await writeOutput(undefined, one(`${text}\n`));
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
