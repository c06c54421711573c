import type { LinkTime } from "@rerun-ts/core";
import { parseWhen } from "@rerun-ts/core/viewer-control";
import { UsageError } from "./command/usage-error.ts";

/** The time of a flag. @throws {UsageError} for another text */
export function parseMoment(flag: string, text: string | undefined): LinkTime | undefined {
  const moment = text === undefined ? undefined : parseWhen(text);
  if (text !== undefined && moment === undefined)
    throw new UsageError(
      `\`${flag}\` must be TIMELINE@TIME, such as frame@120, t@1.5s or t@2026-01-31T12:00:00Z, ` +
        `got ${JSON.stringify(text)}`,
    );
  return moment;
}

/**
 * Checks that one of some files has a recording, and the timeline of a time.
 *
 * @param files paths of recordings, or their contents
 * @throws {UsageError} naming the flag, if no file has the timeline
 */
export async function checkMoment(
  flag: string,
  files: readonly (string | Blob)[],
  recordingId: string | undefined,
  timeline: string | undefined,
): Promise<void> {
  if (recordingId === undefined && timeline === undefined) return;
  const names = new Set<string>();
  for (const path of files) for (const name of await timelinesOf(path, recordingId)) names.add(name);
  if (timeline !== undefined && !names.has(timeline))
    throw new UsageError(
      `\`${flag}\` must name a timeline of the recording: ${[...names].join(", ")}, got ${JSON.stringify(timeline)}`,
    );
}

async function timelinesOf(path: string | Blob, recordingId: string | undefined): Promise<string[]> {
  const { openRrd } = await import("@rerun-ts/reading");
  const file = await openRrd(path);
  try {
    const all = recordingId === undefined ? file.recordings : [{ recordingId }];
    return all.flatMap((which) =>
      file
        .recording(which)
        .schema()
        .indexes.map(({ name }) => name),
    );
  } finally {
    await file.close();
  }
}
