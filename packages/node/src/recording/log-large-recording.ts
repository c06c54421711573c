import { open } from "node:fs/promises";
import type { EncodedMessage, RecordingStream } from "@rerun-ts/core";
import { ImportPace } from "@rerun-ts/core/recording";
import { fileFailure } from "../file/read-bytes.ts";
import { statOf } from "../file/stat-of.ts";

/** Recordings up to this size are read as a whole. */
const MAX_WHOLE_BYTES = 128 * 1024 * 1024;
const PIECE_BYTES = 8 * 1024 * 1024;

/** Whether a file is a recording that is too large to be read as a whole. */
export function isLargeRecording(path: string): boolean {
  return /\.rrd$/i.test(path) && (statOf(path)?.size ?? 0) > MAX_WHOLE_BYTES;
}

/**
 * Logs a recording piece by piece, and waits for the sinks in between. The file is read twice, so that no part of a
 * damaged one is logged. A truncated file is read up to its last complete message.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it is not a recording or damaged, `IO_ERROR` if it cannot be read
 */
export async function logLargeRecording(recording: RecordingStream, path: string): Promise<void> {
  for await (const messages of messagesOf(path)) void messages;
  const pace = new ImportPace(recording);
  for await (const messages of messagesOf(path)) {
    if (!(await pace.log(messages, "logFileFromPath"))) return;
  }
}

/** The messages of a recording, those of a piece at a time. */
async function* messagesOf(path: string): AsyncGenerator<readonly EncodedMessage[]> {
  const { RrdDecoder, messageEncoder } = await import("@rerun-ts/core/decode");
  const decoder = new RrdDecoder();
  const encode = messageEncoder();
  for await (const piece of piecesOf(path)) yield [...decoder.push(piece)].flatMap((message) => encode(message));
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw fileFailure(path, error);
  });
  try {
    for (;;) {
      // New memory each time, because messages that are not complete refer to it.
      const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
