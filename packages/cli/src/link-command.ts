import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { viewerUrl } from "@rerun-ts/core";
import { checkRecording } from "./command/input-files.ts";
import type { ValuesOf } from "./command/command-table.ts";
import { checkMoment, parseMoment } from "./parse-moment.ts";
import type { LINK } from "./link-table.ts";

/** Runs `rerun-ts link`, which prints a link to a moment of a recording. @throws {UsageError} if an option is wrong */
export async function link(values: ValuesOf<typeof LINK>): Promise<void> {
  const [source = ""] = values.positionals;
  const when = parseMoment("--when", values.when);
  const isUrl = /^[a-z][a-z+]*:\/\//i.test(source);
  if (!isUrl) {
    checkRecording(source);
    await checkMoment("--when", [source], values.recording, when?.timeline);
  }
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
