import { RecordingStream } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { ChunkData } from "../../dist/store/chunk-data.js";
import { SchemaCache } from "../../dist/store/schema-cache.js";

/** Records what a function logs, without times and properties that the SDK adds. */
export function record(log: (recording: RecordingStream) => void, chunkRows = 100): Uint8Array {
  const recording = new RecordingStream("unit", {
    recordingId: "unit",
    strict: true,
    logTime: false,
    sendProperties: false,
    batcher: { flushNumRows: chunkRows },
  });
  const memory = recording.memoryRecording();
  log(recording);
  return memory.drainAsBytes();
}

/** The Arrow IPC streams of the chunks of a recording. */
export function arrowOf(bytes: Uint8Array): Uint8Array[] {
  return decodeRrd(bytes).flatMap((message) => (message.kind === "chunk" ? [message.readArrow()] : []));
}

/** The chunks that a function logs. */
export function chunksOf(log: (recording: RecordingStream) => void, chunkRows?: number): ChunkData[] {
  return arrowOf(record(log, chunkRows)).map((arrow) => new ChunkData(arrow, new SchemaCache()));
}
