import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RerunError, type BlueprintLike, type RecordingStream } from "@rerun-ts/core";
import { describeValue, isUrl, isUint8Array } from "@rerun-ts/core/checks";
import { isRecordingStream, recordedBytes } from "@rerun-ts/core/recording";
import { saveBlueprint } from "@rerun-ts/node";
import { statOf } from "@rerun-ts/node/files";

/** A recording to render: a stream with only in-memory sinks, the path of a file, or its bytes. */
export type RenderedSource = RecordingStream | string | URL | Uint8Array;

/** A file that a viewer can open. */
export interface RecordedFile {
  readonly path: string;
  /** Removes the temporary files. */
  remove(): Promise<void>;
}

/**
 * Writes a recording, with its layout if there is one, where a viewer can open it.
 *
 * @param isSeparate whether it has a separate application, because a viewer remembers layouts by application
 */
export async function recordedFile(
  source: RenderedSource,
  { blueprint, isSeparate }: { readonly blueprint: BlueprintLike | undefined; readonly isSeparate: boolean },
): Promise<RecordedFile> {
  const given = pathOf(source);
  const folder = await mkdtemp(join(tmpdir(), "rerun-ts-picture-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const recording = given ?? join(folder, "recording.rrd");
    if (given === undefined) await writeFile(recording, await bytesOf(source as RecordingStream | Uint8Array));
    const { openRrd, routeRrd } = await import("@rerun-ts/reading");
    const file = await openRrd(recording);
    const { applicationId } = file.recording().info;
    await file.close();
    const sources = [recording];
    if (blueprint !== undefined) {
      const layout = join(folder, "layout.rbl");
      await saveBlueprint(blueprint, applicationId, layout);
      sources.push(layout);
    }
    if (sources.length === 1 && !isSeparate) return { path: recording, remove };
    const path = join(folder, "rendered.rrd");
    const own = isSeparate ? `${applicationId} ${++files}` : applicationId;
    await writeFile(path, routeRrd(sources, { applicationId: own }));
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Number of files so far. */
let files = 0;

function pathOf(source: RenderedSource): string | undefined {
  if (typeof source !== "string" && !isUrl(source)) return undefined;
  const path = resolve(isUrl(source) ? fileURLToPath(source) : source);
  if (statOf(path)?.isFile() === true) return path;
  throw new RerunError("NOT_FOUND", `\`source\` must be the path of a recording, but there is no file ${path}`);
}

/** The bytes of a recording, for a file. */
export async function storedBytes(source: RenderedSource): Promise<Uint8Array> {
  const path = pathOf(source);
  return path === undefined ? bytesOf(source as RecordingStream | Uint8Array) : readFile(path);
}

async function bytesOf(source: RecordingStream | Uint8Array): Promise<Uint8Array> {
  if (isUint8Array(source)) return source;
  if (isRecordingStream(source)) return recordedBytes(source);
  throw new TypeError(`\`source\` must be a recording, the path of a file, or its bytes, got ${describeValue(source)}`);
}
