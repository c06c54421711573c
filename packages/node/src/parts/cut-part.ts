import type { FileHandle } from "node:fs/promises";
import { MESSAGE_HEADER_LENGTH, STREAM_FOOTER_LENGTH, decodeMessageFrame } from "@rerun-ts/core/rrd";

const BLOCK_BYTES = 1024 * 1024;

/**
 * Whether a part has nothing from a position on but a piece of a message or of a footer, and zeros, as a loss of power
 * leaves them. Otherwise whole messages may follow.
 *
 * @param position the end of the last whole message
 */
export async function isCut(file: FileHandle, position: number): Promise<boolean> {
  const { size } = await file.stat();
  if (size - position < MESSAGE_HEADER_LENGTH) return true;
  const frame = decodeMessageFrame(await readAt(file, position, MESSAGE_HEADER_LENGTH));
  if (frame === undefined) return false;
  // A message without contents: these are zeros.
  if (frame.length === 0) return await isZero(file, position, size);
  const end = position + MESSAGE_HEADER_LENGTH + frame.length;
  return end + (frame.kind === "end" ? STREAM_FOOTER_LENGTH : 0) >= size || (await isZero(file, end, size));
}

async function isZero(file: FileHandle, start: number, end: number): Promise<boolean> {
  for (let at = start; at < end; at += BLOCK_BYTES) {
    const block = await readAt(file, at, Math.min(BLOCK_BYTES, end - at));
    if (block.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** Reads bytes of a file, or fewer at its end. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
