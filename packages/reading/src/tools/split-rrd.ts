import { RerunError, type StoreId, type TimeValue } from "@rerun-ts/core";
import {
  checkObject,
  checkOptions,
  describeValue,
  type OptionNames,
  yieldingRerunErrors,
  invalidArgument,
  argumentError,
} from "@rerun-ts/core/checks";
import { decodeMessage, withStoreId, storeKey } from "@rerun-ts/core/rrd";
import { DataType } from "apache-arrow";
import { openRrd } from "../reading/open-rrd.ts";
import { onlyRecording } from "../reading/recorded-source.ts";
import type { RecordingReader } from "../reading/recording-reader.ts";
import { resolveTime } from "../query/query-options.ts";
import { openSource, reopened, type RrdSource } from "../source/open-source.ts";
import { withProgress, type RandomAccess } from "../source/random-access.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { IndexColumn } from "../store/chunk-info.ts";
import { editChunk, isPlain } from "./edit-chunk.ts";
import { partEntry, PartMessages, type SplitEntry } from "./part-messages.ts";
import type { SplitPlan } from "./split-plan.ts";
import { isFrameName } from "./split-transforms.ts";
import type { ToolMessage } from "./tool-message.ts";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type ToolOptions } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** Options of {@link splitRrd}. */
export interface SplitOptions extends ToolOptions {
  /** The timeline to cut. */
  timeline: string;
  /** The first times of all parts but the first. A bigint is in the unit of the timeline. */
  times?: readonly TimeValue[] | undefined;
  /** In place of `times`, the number of equally long parts. The last one takes the rest of the division. */
  parts?: number | undefined;
  /** The beginning of the parts' recording ids. The number of the part follows. Default: the recording's id and `-`. */
  recordingIdPrefix?: string | undefined;
  /** Whether other timelines are left out, with all rows that have only these. Default `false`. */
  dropUnusedTimelines?: boolean | undefined;
}

const OPTIONS: OptionNames<SplitOptions> = {
  ...TOOL_OPTIONS,
  timeline: 1,
  times: 1,
  parts: 1,
  recordingIdPrefix: 1,
  dropUnusedTimelines: "boolean",
};

/** A part of a recording. */
export interface SplitPart {
  /** The id under which the part is a recording. */
  readonly recordingId: string;
  /** The kind of its times: numbers, or nanoseconds as a duration or since 1970. */
  readonly timelineKind: "sequence" | "duration" | "timestamp";
  /** Its first time. */
  readonly from: bigint;
  /** The time at which it ends: the first time of the next part, or the time after the last row. */
  readonly to: bigint;
  /** The part as a complete `.rrd`. Read it before the next part. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Cuts a recording into parts by time. Each part also has all data that is static or not on the timeline, and all
 * blueprints. It has the latest row of each component before the part, at its old time, so it begins with the full
 * state. For a video this is everything from the last key frame on, and for transforms between named frames all of
 * them.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if the source is damaged, `NOT_FOUND` if it has no recording,
 * `INVALID_ARGUMENT` if it has several, or the error of the source
 */
export function splitRrd(source: RrdSource, options: SplitOptions): AsyncGenerator<SplitPart, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkObject(options);
      checkOptions("splitRrd", options, OPTIONS);
      const access = await openSource(source, options);
      // The source is read several times, so only the end closes it.
      const shared = reopened(access, source);
      let isOpen = true;
      try {
        const { kind, first, end, cuts, recordingId, withFrames } = await planParts(shared, options);
        // Loaded on demand, because its key frames need the module of all archetypes.
        const { SplitPlan } = await import("./split-plan.ts");
        const plan = new SplitPlan(options.timeline, cuts, withFrames);
        const entries: SplitEntry[] = [];
        for await (const toolMessage of toolMessages(shared, options, { isDescribed: false })) {
          const { chunk, storeId } = toolMessage;
          const isTimed = chunk !== undefined && storeId.kind === "recording";
          if (isTimed) plan.add(chunk, storeKey(storeId));
          entries.push(partEntry(toolMessage, isTimed ? plan.partsOf(chunk) : undefined));
        }
        const { onProgress } = options;
        const read = withProgress(shared, onProgress && ((progress) => onProgress({ ...progress, source: 0 })));
        const messages = new PartMessages(read, entries, options);
        for (let part = 0; part <= cuts.length; part++) {
          const id = `${options.recordingIdPrefix ?? `${recordingId}-`}${part}`;
          const bytes = whileOpen(() => isOpen, writeRrd(messagesOfPart(messages, options, plan, part, id)));
          yield { recordingId: id, timelineKind: kind, from: cuts[part - 1] ?? first, to: cuts[part] ?? end, bytes };
        }
      } finally {
        isOpen = false;
        await access.close?.();
      }
    })(),
  );
}

/** The bytes of a part, for programs that read them in time. */
async function* whileOpen(
  isOpen: () => boolean,
  bytes: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isOpen())
    throw new RerunError("CLOSED", "`splitRrd` has ended; read the `bytes` of a part before the next part");
  yield* bytes;
}

/** The cuts of a recording, and facts that all parts need. */
interface PlannedParts {
  readonly kind: SplitPart["timelineKind"];
  readonly first: bigint;
  readonly end: bigint;
  readonly cuts: readonly bigint[];
  readonly recordingId: string;
  readonly withFrames: ReadonlySet<string>;
}

async function planParts(source: RandomAccess, options: SplitOptions): Promise<PlannedParts> {
  checkSplit(options);
  const { timeline, times, parts, signal } = options;
  const recording = onlyRecording(await openRrd(source, { signal }));
  const { index, start: first, end } = timelineOf(recording, timeline);
  const count = BigInt(parts ?? 1);
  // Parts begin at the same times as those of `rerun rrd split`.
  const length = (end - first) / count;
  const cuts =
    times === undefined
      ? Array.from({ length: Number(count) - 1 }, (_, part) => first + length * BigInt(part + 1))
      : times.map((time) => resolveTime("times", time, index)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const { recordingId } = recording.info;
  if (new Set(cuts).size < cuts.length) {
    const problem =
      times === undefined
        ? `\`parts\` must be at most the length of the timeline ${timeline}, ${end - first}, got ${parts}`
        : "`times` must be different times, but two are equal";
    const argument = times === undefined ? "parts" : "times";
    throw new RerunError("INVALID_ARGUMENT", problem, { argument });
  }
  const named = recording.schema().components.filter(({ component }) => isFrameName(component));
  const withFrames = new Set(named.map(({ entityPath }) => entityPath));
  return { kind: kindOf(index.type), first, end, cuts, recordingId, withFrames };
}

/** @throws {TypeError} if an option is wrong */
function checkSplit({ times, parts, recordingIdPrefix }: SplitOptions): void {
  if ((times === undefined) === (parts === undefined))
    throw new TypeError("exactly one of `times` and `parts` is required");
  if (parts !== undefined && !(Number.isInteger(parts) && parts > 0))
    throw invalidArgument("parts", "a positive integer", parts);
  if (recordingIdPrefix !== undefined && typeof recordingIdPrefix !== "string")
    throw invalidArgument("recordingIdPrefix", "a string", recordingIdPrefix);
}

/**
 * A timeline of a recording, with its times from `start` to before `end`.
 * @throws {TypeError} if the recording lacks the timeline
 */
function timelineOf(
  recording: RecordingReader,
  timeline: string,
): { readonly index: IndexColumn; readonly start: bigint; readonly end: bigint } {
  const { indexes } = recording.schema();
  const index = indexes.find(({ name }) => name === timeline);
  if (index === undefined) {
    const names = indexes.map(({ name }) => JSON.stringify(name)).join(", ");
    if (names !== "") throw invalidArgument("timeline", `one of the recording's (${names})`, timeline);
    const reason = `cannot be ${describeValue(timeline)}: the recording has no timeline`;
    throw argumentError("timeline", `\`timeline\` ${reason}`);
  }
  const range = recording.timeRange(timeline);
  if (range !== undefined) return { index, start: range.start, end: range.end + 1n };
  const reason = `must have times, but nothing is logged on ${describeValue(timeline)}`;
  throw argumentError("timeline", `\`timeline\` ${reason}`);
}

async function* messagesOfPart(
  messages: PartMessages,
  options: SplitOptions,
  plan: SplitPlan,
  part: number,
  recordingId: string,
): AsyncGenerator<ToolMessage, void, undefined> {
  const before = plan.rowsBefore(part);
  for await (const toolMessage of messages.of(part, before)) {
    const { message, chunk, storeId: from } = toolMessage;
    if (from.kind === "blueprint") {
      yield toolMessage;
      continue;
    }
    const storeId: StoreId = { ...from, recordingId };
    const times = chunk && plan.timesOf(chunk);
    const without =
      chunk !== undefined && options.dropUnusedTimelines === true ? otherTimelines(chunk, options.timeline) : NONE;
    if (times === undefined && without.size > 0) continue;
    const rows = chunk && times && rowsOfPart(times, plan, part, before.get(chunk.id));
    const isWhole = rows === undefined || rows.length === times?.length;
    if (chunk === undefined || (isWhole && isPlain(chunk) && without.size === 0)) {
      const payload = withStoreId(message.kind, message.payload, storeId);
      yield { ...toolMessage, storeId, message: decodeMessage(message.kind, payload) as ToolMessage["message"] };
    } else if (rows?.length !== 0) yield { ...toolMessage, ...editChunk(chunk, { storeId, rows, without }) };
  }
}

function kindOf(type: DataType): SplitPart["timelineKind"] {
  if (DataType.isTimestamp(type)) return "timestamp";
  return DataType.isDuration(type) ? "duration" : "sequence";
}

const NONE: ReadonlySet<number> = new Set();

/** The positions of the columns of other timelines. */
function otherTimelines({ layout }: ChunkData, timeline: string): ReadonlySet<number> {
  return new Set(layout.timelines.filter(({ name }) => name !== timeline).map(({ index }) => index));
}

function rowsOfPart(
  times: BigInt64Array,
  plan: SplitPlan,
  part: number,
  before: ReadonlySet<number> | undefined,
): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < times.length; row++) {
    if (plan.partOf(times[row] as bigint) === part || before?.has(row) === true) rows.push(row);
  }
  return rows;
}
