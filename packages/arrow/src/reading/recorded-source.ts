import { MemorySink, RerunError, type RecordingStream } from "@rerun-ts/core";
import type { RrdSource } from "../source/open-source.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { openRrd, type RrdFile } from "./open-rrd.ts";
import { RecordingReader } from "./recording-reader.ts";

/**
 * Recorded data: a source as of `openRrd` with one recording, its reader, or a `RecordingStream` without other sinks
 * than those in memory.
 */
export type RecordedSource = RrdSource | RecordingReader | RecordingStream;

/** Opens recorded data. What has to be closed is added to `files`. */
export async function openRecorded(
  source: RecordedSource,
  files: RrdFile[],
  { signal }: ReadOptions,
): Promise<RecordingReader> {
  if (source instanceof RecordingReader) return source;
  const file = await openRrd(isRecording(source) ? await bytesOf(source) : source, { signal });
  files.push(file);
  return file.recording();
}

function isRecording(source: unknown): source is RecordingStream {
  const { log, setSink } = Object(source) as Partial<Record<"log" | "setSink", unknown>>;
  return typeof log === "function" && typeof setSink === "function";
}

/** Everything that a recording has logged so far. It stays there, for the next sink. */
async function bytesOf(recording: RecordingStream): Promise<Uint8Array> {
  const others = recording.stats().sinks.filter(({ kind, state }) => kind !== "memory" && state !== "buffering");
  if (others.length > 0)
    throw new RerunError(
      "INVALID_ARGUMENT",
      `\`source\` must be a recording without sinks, got one with ${others.map(({ kind }) => kind).join(", ")}; ` +
        "pass what the sink has written, such as the path of its file",
    );
  const memory = new MemorySink();
  await recording.setSink(memory);
  return memory.toBytes();
}
