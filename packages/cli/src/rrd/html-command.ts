import { basename } from "node:path";
import * as rr from "@rerun-ts/node";
import { describeBytes } from "@rerun-ts/node/files";
import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { checkMoment, parseMoment } from "../parse-moment.ts";
import type { HTML } from "./html-table.ts";
import { checkPage } from "./check-page.ts";
import { STDIN, withPaths } from "./rrd-arguments.ts";
import { checkOutput, writeOutput } from "./rrd-output.ts";

/** Runs `rerun-ts rrd html`, which writes a page. @throws {UsageError} if an option is wrong */
export async function html(values: ValuesOf<typeof HTML>): Promise<void> {
  const {
    output,
    title,
    theme,
    panel = [],
    assets,
    replay,
    viewer,
    "max-bytes": maxBytes,
    ...given
  } = withPaths(values);
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a page cannot be shown on a terminal: pass `-o FILE.html`");
  const paths = given.paths.length > 0 ? given.paths : [STDIN];
  for (const path of paths) {
    if (/^https?:/i.test(path)) throw new UsageError(`the recordings must be files, got ${JSON.stringify(path)}`);
    checkOutput(path, output);
  }
  const at = parseMoment("--at", given.at);
  const files: (string | Blob)[] = [];
  for (const path of paths) files.push(path === STDIN ? await readStandardInput() : path);
  await checkMoment("--at", files, undefined, at?.timeline);
  if (replay !== undefined) await checkPage("--replay", files, replay);
  const [first = STDIN] = paths;
  const page = await rr.viewer.recordingToHtml(files, {
    at,
    title: title ?? (first === STDIN ? undefined : basename(first, ".rrd")),
    theme,
    panels: panelsOf(panel),
    viewer,
    viewerFiles: assets,
    maxBytes,
    replay: replay === undefined ? undefined : (await import("@rerun-ts/replay/html")).htmlReplay(replay),
  });
  console.error(`Writing ${output ?? "the page"} (${describeBytes(page.size)})`);
  await writeOutput(output, page.stream() as AsyncIterable<Uint8Array>);
}

/** The states of panels. Their names are checked with the other options. */
function panelsOf(texts: readonly string[]): rr.viewer.RecordingToHtmlOptions["panels"] {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = "", state, ...rest] = text.split("=");
      if (state === undefined || rest.length > 0)
        throw new UsageError(`\`--panel\` must be NAME=STATE, such as time=hidden, got ${JSON.stringify(text)}`);
      return [name, state];
    }),
  );
}

async function readStandardInput(): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of process.stdin as AsyncIterable<Uint8Array<ArrayBuffer>>) pieces.push(piece);
  return new Blob(pieces);
}
