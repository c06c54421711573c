import {
  RecordingStream,
  type EncodedMessage,
  type RecordingEvents,
  type RecordingOptions,
  type RerunError,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import type { PlatformHooks } from "@rerun-ts/core/recording";

/** A recording, and its reports so far. */
export interface ObservedRecording {
  readonly recording: RecordingStream;
  readonly warnings: RerunError[];
  readonly errors: RerunError[];
  readonly drops: RecordingEvents["drop"][];
}

/** Creates a recording that collects its reports instead of printing them, and sends every row as a separate chunk. */
export function observeRecording(options?: RecordingOptions, hooks?: PlatformHooks): ObservedRecording {
  const warnings: RerunError[] = [];
  const errors: RerunError[] = [];
  const drops: RecordingEvents["drop"][] = [];
  const recording = new RecordingStream(
    "tests",
    {
      batcher: { flushNumRows: 0 },
      onWarning: (warning) => warnings.push(warning),
      onError: (error) => errors.push(error),
      ...options,
    },
    hooks,
  );
  recording.addEventListener("drop", (drop) => drops.push(drop));
  return { recording, warnings, errors, drops };
}

/** The number of rows of each entity. */
export function rowsOf(messages: readonly EncodedMessage[]): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const { manifest } of messages) {
    if (manifest !== undefined) rows[manifest.entityPath] = (rows[manifest.entityPath] ?? 0) + manifest.rows;
  }
  return rows;
}

/** The entities of the chunks of a `.rrd`, in order. */
export function entitiesOf(rrd: Uint8Array): string[] {
  return decodeRrd(rrd).flatMap((message) => (message.kind === "chunk" ? [entityOf(message.readArrow())] : []));
}

/** Finds the path in the schema's metadata: in chunks of these tests, the first string that begins with a slash. */
function entityOf(arrow: Uint8Array): string {
  return /\/[\w/]+/.exec(new TextDecoder("latin1").decode(arrow))?.[0] ?? "";
}

/** Creates a promise with the functions that settle it. */
export function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

/** Copies all pieces into one new array. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
