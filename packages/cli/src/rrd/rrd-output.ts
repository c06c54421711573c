import { once } from "node:events";
import { fstatSync, writev as writevOfNode } from "node:fs";
import { mkdir } from "node:fs/promises";
import { isatty } from "node:tty";
import { promisify } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { skipBytes, writeFully, statOf } from "@rerun-ts/node/files";
import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import { UsageError } from "../command/usage-error.ts";
import { borrowMemory, removeIncomplete, replaceFile } from "@rerun-ts/reading/node-files";

const STDOUT = 1;
/** Number of bytes per write to a device or a pipe. Rows are much smaller. */
const BLOCK_BYTES = 64 * 1024;
/** Number of bytes per write to a regular file. */
const FILE_BLOCK_BYTES = 1024 * 1024;

const writev = promisify(writevOfNode);

/** @throws {UsageError} if the output would take the place of the input, which has another format */
export function checkOutput(input: string, output: string | undefined): void {
  const [from, to] = [input, output].map((path) => path && statOf(path));
  if (typeof from !== "object" || typeof to !== "object" || from.dev !== to.dev || from.ino !== to.ino) return;
  throw new UsageError(
    `\`-o\` must be another file than the input, which it would replace, got ${JSON.stringify(output)}`,
  );
}

/**
 * Writes bytes to a file, which appears when it is complete, to a device, or with `-` or no path to standard output.
 * Rejects with `IO_ERROR`.
 *
 * @param beforeReplacing runs when the file is complete, just before it appears
 */
export async function writeOutput(
  path: string | undefined,
  bytes: AsyncIterable<Uint8Array | string>,
  beforeReplacing?: () => void,
): Promise<void> {
  if (path === undefined || path === "-") return writeStandardOutput(bytes);
  const stopWatching = beforeInterrupted(removeIncomplete);
  let isOpen = false;
  const write = (fd: number): Promise<void> => {
    isOpen = true;
    if (!fstatSync(fd).isFile()) return writeBlocks(fd, path, bytes);
    return writeBehind(fd, path, bytes, borrowMemory(bytes));
  };
  try {
    await replaceFile(path, write, beforeReplacing);
  } catch (error) {
    // The file is opened before the data is read, so an earlier error is about the place.
    if (!isOpen) throw new RerunError("IO_ERROR", `cannot create ${path}: ${messageOf(error)}`, { cause: error });
    throw RerunError.from(error, "IO_ERROR");
  } finally {
    stopWatching();
  }
}

/**
 * Calls a function before Ctrl-C or a closed terminal ends the process. A command that ends by itself then completes
 * its file.
 */
function beforeInterrupted(run: () => void): () => void {
  const signals = SHUTDOWN_SIGNALS.filter((signal) => process.listenerCount(signal) === 0);
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

async function writeStandardOutput(bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  const kind = fstatSync(STDOUT);
  // Written with synchronous calls, because Node's stream does not notice partial writes to a file.
  if (kind.isFile() || (kind.isCharacterDevice() && !isatty(STDOUT)))
    return writeBlocks(STDOUT, "standard output", bytes);
  const { stdout } = process;
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException): void => void (failure ??= error);
  stdout.on("error", onError);
  try {
    for await (const piece of bytes) {
      if (failure === undefined && !stdout.write(piece)) await writable(stdout);
      if (failure !== undefined) break;
    }
    // The callback comes after the errors of all writes.
    if (failure === undefined) await new Promise((resolve) => stdout.write("", resolve));
  } finally {
    stdout.off("error", onError);
  }
  // EPIPE means that the reader, such as `head`, needs no more.
  if (failure !== undefined && failure.code !== "EPIPE") throw cannotWrite("standard output", failure);
}

/** Resolves when a stream takes more, or has ended. */
async function writable(stream: NodeJS.WriteStream): Promise<void> {
  const first = new AbortController();
  const events = ["drain", "close", "error"].map((name) => once(stream, name, first));
  await Promise.race(events).catch(() => {});
  first.abort();
}

/** Writes to an open file in blocks. Rejects with `IO_ERROR` if writing fails. */
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

/**
 * Writes a regular file in larger blocks. Another thread writes each block while the next block is made.
 *
 * @param release receives pieces that are written
 */
async function writeBehind(
  fd: number,
  name: string,
  bytes: AsyncIterable<Uint8Array | string>,
  release: ((piece: Uint8Array) => void) | undefined,
): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await writing;
    writing = writeAll(fd, pieces, release);
    // The failure is thrown by the next write, or at the end.
    writing.catch(() => {});
    pieces = [];
    size = 0;
  };
  try {
    for await (const piece of bytes) {
      const own = typeof piece === "string" ? Buffer.from(piece) : piece;
      pieces.push(own);
      size += own.byteLength;
      if (size >= FILE_BLOCK_BYTES) await write();
    }
    await write();
    await writing;
  } catch (error) {
    // The file must not be closed before.
    const failure = await writing?.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    throw failure === error ? cannotWrite(name, error) : error;
  }
}

async function writeAll(
  fd: number,
  pieces: readonly Uint8Array[],
  release: ((piece: Uint8Array) => void) | undefined,
): Promise<void> {
  let rest = pieces.filter((piece) => piece.byteLength > 0);
  while (rest.length > 0) rest = skipBytes(rest, (await writev(fd, rest)).bytesWritten);
  if (release !== undefined) for (const piece of pieces) release(piece);
}

function cannotWrite(name: string, cause: unknown): RerunError {
  return new RerunError("IO_ERROR", `cannot write ${name}: ${messageOf(cause)}`, { cause });
}

/** Prints text to standard output. A pipe without a reader is not an error. */
export async function print(text: string): Promise<void> {
  await writeOutput(undefined, one(`${text}\n`));
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
