import { RerunError } from "../errors/rerun-error.ts";
import { MemorySink } from "../sink/memory-sink.ts";
import type { RecordingStream } from "./recording-stream.ts";

/** Whether a value is a recording, also of a package for a platform. */
export function isRecordingStream(value: unknown): value is RecordingStream {
  const { log, setSink, stats } = Object(value) as Partial<Record<"log" | "setSink" | "stats", unknown>>;
  return [log, setSink, stats].every((method) => typeof method === "function");
}

/**
 * Everything that a recording has logged so far, as a complete `.rrd`. It stays there, for the next sink.
 * @throws {RerunError} `INVALID_ARGUMENT` if the data is in sinks elsewhere
 */
export async function recordedBytes(recording: RecordingStream): Promise<Uint8Array<ArrayBuffer>> {
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
