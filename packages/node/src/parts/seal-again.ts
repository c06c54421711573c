import { open, rename, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import {
  CHECKSUM_SEED,
  MESSAGE_HEADER_LENGTH,
  STREAM_FOOTER_LENGTH,
  STREAM_HEADER_LENGTH,
  isStreamFooter,
  xxh32,
} from "@rerun-ts/core/rrd";
import { DirectoryLock } from "../spool/directory-lock.ts";
import { readAt, isCut } from "./cut-part.ts";
import { LOCK, OPEN } from "./part-name.ts";
import { readPartMessages, sealPart } from "./seal-parts.ts";

/**
 * Looks at the end of a complete part. A loss of power can have cut it, although it has its name. Such a part is sealed
 * again after its last whole message. Resolves to the number of bytes that were removed.
 *
 * @throws {RerunError} `INVALID_FORMAT` if more than the end is missing: the part stays as it is
 */
export async function sealAgain(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (await hasEnd(file, size)) return 0;
    const { writer, hasData } = await readPartMessages(file);
    if (!hasData || !(await isCut(file, writer.position)))
      throw new RerunError(
        "INVALID_FORMAT",
        `${path} is damaged after ${writer.position} bytes, and stays as it is; \`rerun-ts rrd repair\` writes what is whole to another file`,
      );
  } finally {
    await file.close();
  }
  const folder = dirname(path);
  const lock = await DirectoryLock.tryTake(folder, basename(path) + LOCK);
  try {
    await rename(path, path + OPEN);
    const sealed = await sealPart(folder, join(folder, basename(path)));
    return sealed?.lostBytes ?? 0;
  } finally {
    lock.release();
  }
}

/** Whether a part ends with a footer that is whole. */
async function hasEnd(file: FileHandle, size: number): Promise<boolean> {
  if (size < STREAM_HEADER_LENGTH + MESSAGE_HEADER_LENGTH + STREAM_FOOTER_LENGTH) return false;
  const end = await readAt(file, size - STREAM_FOOTER_LENGTH, STREAM_FOOTER_LENGTH);
  if (!isStreamFooter(end)) return false;
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength);
  const [offset, length] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true))];
  if (offset + length !== size - STREAM_FOOTER_LENGTH) return false;
  return xxh32(await readAt(file, offset, length), CHECKSUM_SEED) === view.getUint32(16, true);
}
