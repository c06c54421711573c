import type { TimeValue } from "@rerun-ts/core";
import { parseTimeText } from "@rerun-ts/core/encode";
import * as rr from "@rerun-ts/node";
import { describeBytes } from "@rerun-ts/node/files";
import { openRrd } from "@rerun-ts/reading";
import { counted } from "@rerun-ts/core/util";
import { checkRecording } from "../command/input-files.ts";
import type { ValuesOf } from "../command/command-table.ts";
import { showStatus } from "../command/status-line.ts";
import { UsageError } from "../command/usage-error.ts";
import { checkOutput, writeOutput } from "./rrd-output.ts";
import type { VIDEO } from "./video-table.ts";

/** The ends of the names of other films, whose players would reject an MP4 file. */
const OTHER_FORMAT = /\.(?:avi|gif|mkv|webm|webp)$/i;
/** Below it, an integer on a timeline of time is meant to be in seconds: as nanoseconds it would be less than one. */
const SECOND = 1_000_000_000n;

/** Runs `rerun-ts rrd video`, which writes an MP4 file. @throws {UsageError} if an argument is wrong */
export async function video(values: ValuesOf<typeof VIDEO>): Promise<void> {
  const { positionals, output, timeline, fps } = values;
  const [path, entityPath, ...others] = positionals;
  if (path === undefined || entityPath === undefined || others.length > 0)
    throw new UsageError(`\`rrd video\` requires a file and an entity, got ${positionals.length} arguments`);
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a video cannot be shown on a terminal: pass `-o FILE.mp4`");
  if (output !== undefined && OTHER_FORMAT.test(output))
    throw new UsageError(`\`-o\` must be an MP4 file, such as film.mp4, got ${JSON.stringify(output)}`);
  const [from, to] = [timeOf("--from", values.from), timeOf("--to", values.to)];
  if (!/^https?:/i.test(path)) checkRecording(path);
  checkOutput(path, output);
  const file = await openRrd(path);
  let facts: rr.video.Mp4Progress | undefined;
  const stop = showStatus(() =>
    facts === undefined ? "" : `${counted(facts.frames, "frame")}, ${describeBytes(facts.bytes)} written`,
  );
  try {
    const options = {
      timeline,
      from,
      to,
      fps,
      onProgress: (progress: rr.video.Mp4Progress) => void (facts = progress),
    };
    await writeOutput(output, rr.video.toMp4(file.recording(), entityPath, options));
  } catch (error) {
    throw withFlagHint(error);
  } finally {
    stop();
    await file.close();
  }
  if (facts === undefined) return;
  const { frames, bytes, skippedFrames } = facts;
  const skipped = skippedFrames === 0 ? "" : `; ${counted(skippedFrames, "frame")} before the first key frame left out`;
  console.error(`Wrote ${output ?? "the video"}: ${counted(frames, "frame")}, ${describeBytes(bytes)}${skipped}`);
}

/** The time of a flag. @throws {UsageError} for another text */
function timeOf(flag: string, text: string | undefined): TimeValue | undefined {
  const time = text === undefined ? undefined : parseTimeText(text);
  if (text !== undefined && time === undefined)
    throw new UsageError(
      `\`${flag}\` must be a time, such as 120, 1.5s or 2026-01-31T12:00:00Z, got ${JSON.stringify(text)}`,
    );
  // A number is refused on timelines of time, for its unit.
  return typeof time === "bigint" && time > -SECOND && time < SECOND ? Number(time) : time;
}

/** An error whose hint is an option of a function, with that for the command line. */
function withFlagHint(error: unknown): unknown {
  if (error instanceof Error)
    error.message = error.message
      .replace(/`\{ duration: (\S+) \}`/, "`$1s`")
      .replace(/ \(seconds\? pass `\{ timestamp: \S+ \}`\)/, ", pass a date such as 2026-01-31T12:00:00Z");
  return error;
}
