import { EntityPath } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { Chunk } from "@rerun-ts/reading/chunks";
import { BytesColumn } from "../columns/leaf-columns.ts";
import { MESSAGE_HEADER, logTimeAt, logTimeOf, publishTimeAt } from "../file/message-header.ts";
import type { RecordBlock } from "../file/record-block.ts";
import type { McapChannel } from "../file/records.ts";
import type { MappedRows } from "../mapping/mapping.ts";
import { stampsOf, type ChannelColumns, type Stamps } from "./channel-columns.ts";
import type { ChunkMaker, TimeData } from "./chunk-maker.ts";
import type { McapChoices } from "./mcap-options.ts";
import { MessageTimes, storableTime, messageTimesOf } from "./message-times.ts";
import type { ProblemLog } from "./problem-log.ts";
import { rowsWithTimes } from "./rows-with-times.ts";

/** The messages of a channel that are not yet chunks. */
export class ChannelBatch {
  readonly entityPath: string;
  readonly #topic: string;
  readonly #columns: ChannelColumns;
  readonly #choices: McapChoices;
  readonly #maker: ChunkMaker;
  readonly #problems: ProblemLog;
  readonly #logTimes = new MessageTimes();
  readonly #publishTimes = new MessageTimes();
  readonly #sent = new Set<string>();
  readonly #isCopied: boolean;
  readonly #makeRaw: (() => ChannelBatch) | undefined;
  /** The messages that cannot be decoded. */
  #raw: ChannelBatch | undefined;
  #bytes = 0;

  /**
   * @param isCopied whether chunks are copied before the next message is decoded, so that they may share memory
   * @param makeRaw makes the batch for messages that cannot be decoded. They are left out without it
   */
  constructor(
    { topic }: McapChannel,
    columns: ChannelColumns,
    choices: McapChoices,
    maker: ChunkMaker,
    problems: ProblemLog,
    isCopied: boolean,
    makeRaw?: () => ChannelBatch,
  ) {
    this.#topic = topic;
    this.entityPath = topicEntityPath(topic).toString();
    this.#columns = columns;
    this.#choices = choices;
    this.#maker = maker;
    this.#problems = problems;
    this.#isCopied = isCopied;
    this.#makeRaw = makeRaw;
  }

  /** The number of messages. */
  get length(): number {
    return this.#columns.rows.length + (this.#raw?.length ?? 0);
  }

  /** The number of bytes of the messages. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** Decodes the message of a block. A damaged message is reported, and kept as bytes or left out. */
  push(block: RecordBlock): void {
    const { rows } = this.#columns;
    const { length } = rows;
    const start = block.start + MESSAGE_HEADER;
    this.#bytes += block.end - start;
    try {
      this.#columns.push(block.bytes, start, block.end);
    } catch (error) {
      rows.truncate(length);
      this.#problems.addMessage(this.#topic, logTimeOf(block), error);
      this.#raw ??= this.#makeRaw?.();
      this.#raw?.push(block);
      return;
    }
    this.#logTimes.push(block, logTimeAt(block));
    this.#publishTimes.push(block, publishTimeAt(block));
  }

  /** The text in a field of the last message, if there is one. */
  lastText(field: string): string | undefined {
    const { rows } = this.#columns;
    const column = rows.field(field);
    this.#columns.settle?.();
    return rows.length > 0 && column instanceof BytesColumn ? column.textAt(rows.length - 1) : undefined;
  }

  /** The messages as chunks. The batch is empty afterwards. */
  take(): Chunk[] {
    const raw = this.#raw?.take() ?? [];
    return [...this.#takeDecoded(), ...raw];
  }

  #takeDecoded(): Chunk[] {
    this.#bytes = 0;
    if (this.#columns.rows.length === 0) return [];
    this.#columns.settle?.();
    try {
      const stamps = stampsOf(this.#columns);
      return this.#map().flatMap((mapped) => this.#chunk(mapped, stamps));
    } finally {
      const isShared = !this.#isCopied;
      this.#columns.rows.release(isShared);
      this.#logTimes.release(isShared);
      this.#publishTimes.release(isShared);
    }
  }

  #map(): readonly MappedRows[] {
    const { rows, map, fallback } = this.#columns;
    const times = this.#logTimes.values;
    const report = (row: number, reason: string): void =>
      this.#problems.addMessage(this.#topic, times[row] ?? 0n, reason);
    try {
      return map(rows, report);
    } catch (error) {
      this.#problems.add(this.#topic, `kept as fields: ${messageOf(error)}`);
      return fallback(rows, report);
    }
  }

  #chunk(mapped: MappedRows, stamps: Stamps): Chunk[] {
    const { below = [], isStatic = false, components } = mapped;
    if (components.length === 0) return [];
    const entityPath = topicEntityPath(this.#topic)
      .join(...below)
      .toString();
    const rows = components[0]?.lists.length ?? 0;
    if (rows === 0) return [];
    if (isStatic) {
      const key = `${entityPath} ${components.map(({ name }) => name).join()}`;
      if (this.#sent.has(key)) return [];
      this.#sent.add(key);
      return [this.#maker.make({ entityPath, rows, times: [], components })];
    }
    const { all, own, missing } = this.#timesOf(mapped, rows, stamps);
    const found = { entityPath, rows, times: all, components };
    const parts = own === undefined ? [found] : rowsWithTimes(found, own, missing);
    return parts.map((part) => this.#maker.make(part));
  }

  /** The times of all rows, those in the messages, and the rows without the latter. */
  #timesOf({ messages, times }: MappedRows, rows: number, stamps: Stamps): RowTimes {
    const { timelineType: kind, timeOffset } = this.#choices;
    const pick = (of: BigInt64Array): BigInt64Array => (messages === undefined ? of : messageTimesOf(of, messages));
    const shifted = (of: BigInt64Array): BigInt64Array =>
      timeOffset === 0n ? of : of.map((time) => storableTime(time + timeOffset));
    const all: TimeData[] = [
      { timeline: "message_log_time", kind, times: pick(shifted(this.#logTimes.values)) },
      { timeline: "message_publish_time", kind, times: pick(shifted(this.#publishTimes.values)) },
    ];
    const { timeline = stamps?.timeline } = this.#columns.stamps ?? {};
    if (times !== undefined && timeline !== undefined)
      return { all, own: { timeline, kind, times: shifted(times.times) }, missing: times.missing };
    if (stamps === undefined) return { all, own: undefined, missing: [] };
    const own = { timeline: stamps.timeline, kind, times: pick(shifted(stamps.times)) };
    if (messages === undefined || stamps.missing.length === 0) return { all, own, missing: stamps.missing };
    const missing = new Set(stamps.missing);
    return {
      all,
      own,
      missing: Array.from({ length: rows }, (_, row) => row).filter((row) => missing.has(messages[row] as number)),
    };
  }
}

/** The times of mapped rows. */
interface RowTimes {
  /** Those that each row has. */
  readonly all: readonly TimeData[];
  /** Those in the messages. */
  readonly own: TimeData | undefined;
  /** The rows without a time in their message, in their order. */
  readonly missing: readonly number[];
}

/** The entity of a topic, by its parts. Backslashes escape the next character. */
export function topicEntityPath(topic: string): EntityPath {
  const parts = topic.split("/").filter((part) => part !== "");
  return EntityPath.of(...parts.map((part) => part.replaceAll(/\\(.)/g, "$1")));
}
