import { invalidArgument } from "@rerun-ts/core/checks";
import { DataType } from "apache-arrow";
import type { ChunkData, IndexColumn } from "@rerun-ts/reading/chunks";

/** The timelines that messages had before, or that Rerun adds. */
const PREFERRED = ["message_log_time", "log_time"];

/**
 * The timeline with the times of messages, or `undefined` if the recording is static.
 * @throws {TypeError} if the recording lacks the requested timeline
 */
export function chooseTimeline(indexes: readonly IndexColumn[], name: string | undefined): IndexColumn | undefined {
  if (name !== undefined) {
    const found = indexes.find((index) => index.name === name);
    if (found !== undefined) return found;
    throw invalidArgument("timeline", `one of ${indexes.map((index) => index.name).join(", ") || "none"}`, name);
  }
  const preferred = PREFERRED.map((known) => indexes.find((index) => index.name === known)).find(Boolean);
  return preferred ?? indexes.find(({ type }) => !DataType.isInt(type)) ?? indexes[0];
}

/** The times of the rows of a chunk, `"static"`, or `undefined` if the chunk lacks the timeline. */
export function chunkTimesOf(
  chunk: ChunkData,
  timeline: IndexColumn | undefined,
): BigInt64Array | "static" | undefined {
  if (chunk.layout.timelines.length === 0) return "static";
  const column = chunk.layout.timelines.find(({ name }) => name === timeline?.name);
  return column && chunk.times(column);
}

/** The time of a message. MCAP has no times before 1970. */
export function messageTime(time: bigint): bigint {
  return time < 0n ? 0n : time;
}
