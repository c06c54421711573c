import { checkOptions, yieldingRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { chunkDataOf, type ChunkData } from "@rerun-ts/reading/chunks";
import { openRrd } from "@rerun-ts/reading";
import type { RrdSource, ReadOptions } from "@rerun-ts/reading/source";
import { ChunkRows } from "./chunk-rows.ts";
import { EntityFrames } from "./entity-frames.ts";
import { chooseTimeline, messageTime, chunkTimesOf } from "./export-times.ts";
import { ExportTopics } from "./export-topics.ts";
import { ROW_EXPORTS } from "./foxglove-messages.ts";
import { LatestLookup, type FoundRow } from "./latest-values.ts";
import { ExportChannels } from "./mcap-channels.ts";
import { Output, loadWriter } from "./mcap-writer.ts";
import type { RowContext, RowExport } from "./row-export.ts";

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
/** The number of rows at a time whose values may be large, such as points. */
const FILLED_ROWS = 32;

/**
 * Converts a recording to an MCAP file with messages of Foxglove in protobuf: points, images, videos, cameras,
 * transforms, poses, places and logs. Scalars are JSON. A topic is the path of an entity, and further topics below it
 * have the other types of its messages. Static rows have the first time of the recording. Needs the package
 * `@mcap/core`.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the source or an option is wrong, `UNSUPPORTED` if the package is missing
 * @throws {RerunError} `INVALID_FORMAT` if this is not a recording, `ABORTED`, or the error of the source
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
    const { signal } = options;
    const lookup = new LatestLookup(recording, timeline, signal);
    const { components, entityPaths } = recording.schema();
    const entities = { lookup, frames: new EntityFrames(components), topics: new ExportTopics(entityPaths) };
    const exporter = new Exporter(new ExportChannels(writer), entities, start);
    for (const isStatic of [true, false]) {
      for await (const chunk of recording.chunks({ isStatic, contents: ["/**", "-/__properties/**"], signal })) {
        const data = chunkDataOf(chunk);
        for await (const _ of exporter.add(data, chunkTimesOf(data, timeline))) yield* output.take();
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

/** The components that some rows need for their messages, and lack. */
function missingIn(rows: ChunkRows, exports: readonly RowExport[]): readonly string[] {
  const missing = new Set<string>();
  for (const { makes, fills = [] } of exports) {
    const wanted = [FRAME, ...fills];
    for (let row = 0; row < rows.length; row++)
      if (makes.some((name) => rows.has(name, row)))
        for (const name of wanted) if (!rows.has(name, row)) missing.add(name);
  }
  return [...missing];
}

/** The lookups for the entities of a recording. */
interface Entities {
  readonly lookup: LatestLookup;
  readonly frames: EntityFrames;
  readonly topics: ExportTopics;
}

/** Turns chunks into messages. */
class Exporter {
  messages = 0;
  readonly leftOut = new Map<string, number>();
  readonly #channels: ExportChannels;
  readonly #lookup: LatestLookup;
  readonly #frames: EntityFrames;
  readonly #topics: ExportTopics;
  /** The time of static rows. */
  readonly #start: bigint;

  constructor(channels: ExportChannels, { lookup, frames, topics }: Entities, start: bigint) {
    this.#channels = channels;
    this.#lookup = lookup;
    this.#frames = frames;
    this.#topics = topics;
    this.#start = start;
  }

  /**
   * Adds the rows of a chunk. Yields now and then, for what was written to be taken.
   *
   * @param times the time of each row, `"static"`, or `undefined` if the chunk is on other timelines
   */
  async *add(
    chunk: ChunkData,
    times: BigInt64Array | "static" | undefined,
  ): AsyncGenerator<undefined, void, undefined> {
    const { entityPath } = chunk;
    const rows = new ChunkRows(chunk);
    const possible = this.#exportsOf(entityPath);
    const kinds = [...possible.map(({ name }) => name), ...(this.#lookup.has(entityPath, SCALARS) ? ["scalars"] : [])];
    const topics = this.#topics.of(entityPath, kinds);
    const exports = possible.filter(({ makes }) => makes.some((name) => rows.components.includes(name)));
    const known = new Set([FRAME, SCALARS, ...possible.flatMap(({ makes, contains = [] }) => [...makes, ...contains])]);
    for (const name of rows.components) if (!known.has(name)) this.#leaveOut(entityPath, name, rows.countRows(name));
    if (times === undefined) {
      for (const name of [SCALARS, ...exports.flatMap(({ makes }) => makes)])
        this.#leaveOut(entityPath, name, rows.countRows(name));
      return;
    }
    const timeOf = (row: number): bigint => messageTime(times === "static" ? this.#start : (times[row] as bigint));
    if (exports.length > 0) {
      const facts = await this.#factsOf(entityPath);
      for await (const row of this.#filledRows(entityPath, rows, exports, times)) {
        const frame = rows.text(FRAME, row) ?? facts.frame;
        const codec = rows.numbers(CODEC, row)?.[0] ?? facts.codec;
        const context = { ...facts, frame, codec };
        for (const one of exports)
          await this.#addRow(one, topics.get(one.name) ?? entityPath, { rows, row }, context, timeOf(row));
        if (row % FILLED_ROWS === 0) yield;
      }
    }
    if (rows.components.includes(SCALARS))
      for (let row = 0; row < rows.length; row++)
        await this.#addScalars(entityPath, topics.get("scalars") ?? entityPath, { rows, row }, timeOf(row));
  }

  /** The exports of an entity: those whose components it has at some time. */
  #exportsOf(entityPath: string): readonly RowExport[] {
    const has = (name: string): boolean => this.#lookup.has(entityPath, name);
    return ROW_EXPORTS.filter(
      ({ needs, unless, makes }) =>
        makes.some(has) && (needs === undefined || has(needs)) && (unless === undefined || !has(unless)),
    );
  }

  /**
   * The rows of a chunk, filled with earlier values of other rows: a colour, a format or a frame. A few rows at a time
   * if the values may be large, because each row gets a copy.
   */
  async *#filledRows(
    entityPath: string,
    rows: ChunkRows,
    exports: readonly RowExport[],
    times: BigInt64Array | "static",
  ): AsyncGenerator<number, void, undefined> {
    const missing = missingIn(rows, exports);
    const areLarge = exports.some(({ makes }) => makes.some((name) => missing.includes(name)));
    const step = areLarge ? FILLED_ROWS : rows.length;
    for (let from = 0; from < rows.length; from += step) {
      const some = times === "static" ? undefined : times.subarray(from, from + step);
      const latest = await this.#lookup.at(entityPath, missing, some);
      rows.fillWith(latest, (row) => (times === "static" ? 0 : latest.positionOf(times[row] as bigint)));
      for (let row = from; row < Math.min(from + step, rows.length); row++) yield row;
    }
  }

  /** The facts about an entity for rows without their own: those of its first rows. */
  async #factsOf(entityPath: string): Promise<RowContext> {
    const frame = await this.#first(entityPath, FRAME, (rows, row) => rows.text(FRAME, row));
    const codec = await this.#first(entityPath, CODEC, (rows, row) => rows.numbers(CODEC, row)?.[0]);
    const frameAround = this.#frames.aroundOf(entityPath);
    return { entityPath, frame: frame ?? this.#frames.of(entityPath), frameAround, codec };
  }

  async #first<Value>(
    entityPath: string,
    component: string,
    read: (rows: ChunkRows, row: number) => Value | undefined,
  ): Promise<Value | undefined> {
    if (!this.#lookup.has(entityPath, component)) return undefined;
    const found = await this.#lookup.first(entityPath, component);
    return found && read(found.rows, found.row);
  }

  async #addRow(
    one: RowExport,
    topic: string,
    { rows, row }: FoundRow,
    context: RowContext,
    time: bigint,
  ): Promise<void> {
    const present = one.makes.filter((name) => rows.has(name, row));
    if (present.length === 0) return;
    const messages = one.messages(rows, row, context);
    // Later messages contain what was logged before the component that they need, such as colours before points.
    const unused = present.filter((name) => name === one.needs || one.fills?.includes(name) !== true);
    const lost = messages === undefined ? unused : (messages.lost ?? []);
    for (const name of lost) if (rows.hasInstances(name, row)) this.#leaveOut(context.entityPath, name, 1);
    if (messages !== undefined) this.messages += await this.#channels.addFoxglove(topic, messages, time);
  }

  async #addScalars(entityPath: string, topic: string, { rows, row }: FoundRow, time: bigint): Promise<void> {
    const scalars = rows.numbers(SCALARS, row);
    if (scalars === undefined) {
      if (rows.hasInstances(SCALARS, row)) this.#leaveOut(entityPath, SCALARS, 1);
      return;
    }
    await this.#channels.addScalars(topic, Array.from(scalars), time);
    this.messages++;
  }

  #leaveOut(entityPath: string, name: string, count: number): void {
    if (count === 0) return;
    const key = `${entityPath}:${name}`;
    this.leftOut.set(key, (this.leftOut.get(key) ?? 0) + count);
  }
}
