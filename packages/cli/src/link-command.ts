import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { viewerUrl } from "@rerun-ts/core";
import { parseWhen } from "@rerun-ts/core/viewer-control";
import { checkRecording } from "./command/input-files.ts";
import type { ValuesOf } from "./command/command-table.ts";
import { UsageError } from "./command/usage-error.ts";
import type { LINK } from "./link-table.ts";

/** Runs `rerun-ts link`, which prints a link to a moment of a recording. @throws {UsageError} if an option is wrong */
export async function link(values: ValuesOf<typeof LINK>): Promise<void> {
  const [source = ""] = values.positionals;
  const when = values.when === undefined ? undefined : parseWhen(values.when);
  if (values.when !== undefined && when === undefined)
    throw new UsageError(
      `\`--when\` must be TIMELINE@TIME, such as frame@120, t@1.5s or t@2026-01-31T12:00:00Z, ` +
        `got ${JSON.stringify(values.when)}`,
    );
  const isUrl = /^[a-z][a-z+]*:\/\//i.test(source);
  if (!isUrl) await checkFile(source, values.recording, when?.timeline);
  console.log(
    viewerUrl({
      source: isUrl ? source : pathToFileURL(resolve(source)).href,
      recording: values.recording,
      when,
      selection: values.selection,
      viewer: values.viewer,
    }),
  );
}

/** Checks that a file has the recording and the timeline. @throws {UsageError} if the recording lacks the timeline */
async function checkFile(path: string, recordingId: string | undefined, timeline: string | undefined): Promise<void> {
  checkRecording(path);
  if (recordingId === undefined && timeline === undefined) return;
  const { openRrd } = await import("@rerun-ts/reading");
  const file = await openRrd(path);
  try {
    const all = recordingId === undefined ? file.recordings : [{ recordingId }];
    const names = all.flatMap((which) =>
      file
        .recording(which)
        .schema()
        .indexes.map(({ name }) => name),
    );
    if (timeline !== undefined && !names.includes(timeline))
      throw new UsageError(
        `\`--when\` must name a timeline of the recording: ${[...new Set(names)].join(", ")}, got ${JSON.stringify(timeline)}`,
      );
  } finally {
    await file.close();
  }
}
