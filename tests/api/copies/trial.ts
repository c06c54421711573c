import type { RecordingReader } from "@rerun-ts/reading";
import { isRerunError, type MemoryRecording } from "@rerun-ts/core";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import type { Copy } from "@rerun-ts/test-support/packages/copies";
import type { RecordingStream } from "@rerun-ts/node";

/** What a call has done: it is the same with the objects of all copies. */
export interface Outcome {
  /** The parts of its result that show whether it worked. */
  readonly result: unknown;
  /** The rows of its recordings: entity, number of rows, components. */
  readonly rows: readonly unknown[];
  /** The warnings and errors of its recordings, of the console and of the call. */
  readonly problems: readonly string[];
}

/** Objects for one call, and what happens to them. */
export class Trial {
  readonly #problems: string[] = [];
  readonly #recordings: { readonly recording: RecordingStream; readonly memory: MemoryRecording }[] = [];

  /** A recording of a copy, whose rows count. */
  recording(copy: Copy): RecordingStream {
    const report = ({ message }: { readonly message: string }): void => void this.#problems.push(message);
    const recording = new copy.node.RecordingStream("copies", { onWarning: report, onError: report });
    this.#recordings.push({ recording, memory: recording.memoryRecording() });
    return recording;
  }

  /** The same of the package for pages. */
  page(copy: Copy): InstanceType<Copy["web"]["RecordingStream"]> {
    const report = ({ message }: { readonly message: string }): void => void this.#problems.push(message);
    const recording = new copy.web.RecordingStream("copies", { onWarning: report, onError: report });
    this.#recordings.push({ recording: recording as never, memory: recording.memoryRecording() });
    return recording;
  }

  /** The bytes of a recording of a copy with a row. */
  bytes(copy: Copy): Uint8Array<ArrayBuffer> {
    const recording = new copy.node.RecordingStream("copies");
    const memory = recording.memoryRecording();
    recording.log("/robot", new copy.node.Scalars(2), { time: { frame: 1 } });
    return memory.drainAsBytes();
  }

  /** A recording of a copy with a row, for reading. */
  async reader(copy: Copy): Promise<RecordingReader> {
    return (await copy.reading.openRrd(this.bytes(copy))).recording();
  }

  /** A chunk of a copy with a row. */
  chunk(copy: Copy): InstanceType<Copy["reading"]["Chunk"]> {
    return copy.reading.Chunk.fromColumns("/robot", {
      timelines: copy.node.TimeColumn.sequence("frame", [1]),
      columns: copy.node.Scalars.columns({ scalars: [2] }),
    });
  }

  /** Makes a call, and returns what it has done. */
  async run(call: (trial: Trial) => unknown): Promise<Outcome> {
    const methods = { warn: console.warn, error: console.error };
    const report = (...args: unknown[]): void => void this.#problems.push(args.map(String).join(" "));
    Object.assign(console, { warn: report, error: report });
    let result: unknown;
    const rows: unknown[] = [];
    try {
      try {
        result = await call(this);
      } catch (error) {
        this.#problems.push(isRerunError(error) ? `${error.code}: ${error.message}` : String(error));
      }
      for (const { recording, memory } of this.#recordings) {
        await recording.flush();
        rows.push(...describeRows(memory.drainAsBytes()));
        await recording.close();
      }
    } finally {
      Object.assign(console, methods);
    }
    return { result: withoutIds(result), rows: withoutIds(rows) as unknown[], problems: this.#problems };
  }
}

/** The chunks of a recording, without their ids and times. */
export function describeRows(rrd: Uint8Array): unknown[] {
  return readChunks(rrd).map(({ entityPath, rows, components }) => [entityPath, rows, Object.keys(components).sort()]);
}

/** The same data with names for random ids. */
function withoutIds(value: unknown): unknown {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
  return text === undefined ? undefined : JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[-0-9a-f]{22}/g, "id"));
}
