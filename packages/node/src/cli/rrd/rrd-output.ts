import { createWriteStream } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/internal";

/** Writes bytes to a file, which appears when it is complete, or to standard output. Rejects with `FILE`. */
export async function writeOutput(path: string | undefined, bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  if (path === undefined) return writeStandardOutput(bytes);
  const partial = `${path}.${process.pid}.partial`;
  try {
    // Checked first, so that the reason names the place and not the data.
    await writeFile(partial, "");
  } catch (error) {
    throw new RerunError("FILE", `cannot create ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    const stream = createWriteStream(partial);
    for await (const piece of bytes) if (!stream.write(piece)) await once(stream, "drain");
    stream.end();
    await once(stream, "close");
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw RerunError.from(error, "FILE");
  }
}

async function writeStandardOutput(bytes: AsyncIterable<Uint8Array | string>): Promise<void> {
  let isClosed = false;
  // The reader may have had enough, such as `head`.
  process.stdout.on("error", () => (isClosed = true));
  for await (const piece of bytes) {
    if (isClosed) return;
    if (!process.stdout.write(piece) && !isClosed) await Promise.race([once(process.stdout, "drain"), closed()]);
  }
}

function closed(): Promise<unknown> {
  return new Promise((resolve) => process.stdout.once("close", resolve).once("error", resolve));
}

/** Prints text to standard output, also if that is a pipe that nobody reads any more. */
export async function print(text: string): Promise<void> {
  await writeOutput(undefined, one(`${text}\n`));
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
