import { checkOptions, yieldingRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { chunkDataOf, type Chunk } from "../../reading/chunk.ts";
import { openRrd } from "../../reading/open-rrd.ts";
import type { RrdSource } from "../../source/open-source.ts";
import type { ReadOptions } from "../../source/random-access.ts";
import { chooseTimeline, timesOf } from "./export-times.ts";
import { ChunkRows } from "./chunk-rows.ts";
import { McapChannels } from "./mcap-channels.ts";
import { ROW_EXPORTS } from "./foxglove-messages.ts";
import { Output, loadWriter } from "./mcap-writer.ts";

/** Options of {@link exportMcap}. */
export interface ExportMcapOptions extends ReadOptions {
  /** The recording, if the file has several. Default: the only one. */
  recordingId?: string | undefined;
  /**
   * The timeline with the times of messages. Default: the timeline of the log time, or else the first one with times.
   */
  timeline?: string | undefined;
  /** Receives a report at the end. Default: none. */
  onReport?: ((report: ExportMcapReport) => void) | undefined;
}

/** Result of {@link exportMcap}. */
export interface ExportMcapReport {
  /** The number of messages. */
  readonly messages: number;
  /** The components that have no message, and the number of their rows, as `/entity:component`. */
  readonly leftOut: Readonly<Record<string, number>>;
}

const OPTIONS: OptionNames<ExportMcapOptions> = { recordingId: 1, timeline: 1, onReport: "function", signal: 1 };
const SCALARS = "Scalars:scalars";
const FRAME = "CoordinateFrame:frame";
const CODEC = "VideoStream:codec";

/**
 * Converts a recording to an MCAP file with messages of Foxglove in protobuf: points, images, videos, transforms and
 * logs. Scalars are JSON. A topic is the path of an entity. Static rows have the first time of the recording. Needs the
 * package `@mcap/core`.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong, `UNSUPPORTED` if the package is missing
 * @throws {RerunError} `INVALID_FORMAT` if this is no recording, `ABORTED`, or the error of the source
 * @example
 * const report = ({ leftOut }: ExportMcapReport) => console.log(leftOut);
 * await writeFile("drive.mcap", exportMcap("drive.rrd", { onReport: report }));
 */
export function exportMcap(
  source: RrdSource,
  options: ExportMcapOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(write(source, options));
}

async function* write(source: RrdSource, options: ExportMcapOptions): AsyncGenerator<Uint8Array, void, undefined> {
  checkOptions("exportMcap", options, OPTIONS);
  const { McapWriter } = await loadWriter();
  const file = await openRrd(source, { signal: options.signal });
  try {
    const recording = options.recordingId === undefined ? file.recording() : file.recording(options.recordingId);
    const timeline = chooseTimeline(recording.schema().indexes, options.timeline);
    const start = timeline === undefined ? 0n : (recording.timeRange(timeline.name)?.start ?? 0n);
    const output = new Output();
    const writer = new McapWriter({ writable: output });
    await writer.start({ profile: "", library: "rerun-ts" });
    const exporter = new Exporter(new McapChannels(writer));
    const { signal } = options;
    for await (const chunk of recording.chunks({ components: [FRAME, CODEC], signal })) exporter.rememberFirst(chunk);
    for (const isStatic of [true, false]) {
      for await (const chunk of recording.chunks({ isStatic, contents: ["/**", "-/__properties/**"], signal })) {
        await exporter.add(chunk, timesOf(chunkDataOf(chunk), timeline, start));
        yield* output.take();
      }
    }
    await writer.end();
    yield* output.take();
    options.onReport?.({ messages: exporter.messages, leftOut: Object.fromEntries(exporter.leftOut) });
  } finally {
    await file.close();
  }
}

/** Turns chunks into messages. */
class Exporter {
  messages = 0;
  readonly leftOut = new Map<string, number>();
  readonly #channels: McapChannels;
  readonly #frames = new Map<string, string>();
  readonly #codecs = new Map<string, number>();

  constructor(channels: McapChannels) {
    this.#channels = channels;
  }

  /** Stores the first frames and codecs of entities, because earlier chunks may need them. */
  rememberFirst(chunk: Chunk): void {
    const { entityPath, numRows } = chunk;
    const rows = new ChunkRows(chunkDataOf(chunk));
    const [frame, codec] = [this.#frames.get(entityPath), this.#codecs.get(entityPath)];
    if (numRows > 0) this.#remember(rows, 0, entityPath);
    if (frame !== undefined) this.#frames.set(entityPath, frame);
    if (codec !== undefined) this.#codecs.set(entityPath, codec);
  }

  /** @param times the time of each row, or `undefined` if the chunk is on other timelines */
  async add(chunk: Chunk, times: BigInt64Array | undefined): Promise<void> {
    const { entityPath, numRows } = chunk;
    const rows = new ChunkRows(chunkDataOf(chunk));
    const present = new Set(rows.components);
    const exports = ROW_EXPORTS.filter(({ components }) => components.some((name) => present.has(name)));
    const known = new Set([FRAME, SCALARS, ...exports.flatMap(({ components }) => components)]);
    for (const name of present) if (!known.has(name)) this.#leaveOut(entityPath, name, numRows);
    for (let row = 0; row < numRows; row++) {
      this.#remember(rows, row, entityPath);
      const time = times?.[row];
      const context = {
        entityPath,
        frame: this.#frames.get(entityPath) ?? entityPath,
        codec: this.#codecs.get(entityPath),
      };
      for (const one of exports) {
        const message = time === undefined ? undefined : one.message(rows, row, context);
        if (message !== undefined && time !== undefined) {
          await this.#channels.addFoxglove(entityPath, message, time);
          this.messages++;
        } else if (rows.instances(one.components[0] as string, row) !== undefined)
          this.#leaveOut(entityPath, one.components[0] as string, 1);
      }
      const scalars = rows.numbers(SCALARS, row);
      if (scalars === undefined) continue;
      if (time === undefined) this.#leaveOut(entityPath, SCALARS, 1);
      else {
        await this.#channels.addScalars(entityPath, Array.from(scalars), time);
        this.messages++;
      }
    }
  }

  /** Stores the frame and the codec of an entity for its later rows. */
  #remember(rows: ChunkRows, row: number, entityPath: string): void {
    const frame = rows.text(FRAME, row);
    if (frame !== undefined) this.#frames.set(entityPath, frame);
    const codec = rows.numbers(CODEC, row)?.[0];
    if (codec !== undefined) this.#codecs.set(entityPath, codec);
  }

  #leaveOut(entityPath: string, name: string, count: number): void {
    const key = `${entityPath}:${name}`;
    this.leftOut.set(key, (this.leftOut.get(key) ?? 0) + count);
  }
}
