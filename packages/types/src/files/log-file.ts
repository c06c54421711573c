import {
  EntityPath,
  RerunError,
  type EntityPathLike,
  type RecordingStream,
  type RecordingView,
  type TimePointLike,
} from "@rerun-ts/core";
import { checked, describeUnknown, wrongType } from "@rerun-ts/core/internal";
import type { BlobWithType } from "../ext/contents.ts";
import { toBytes, type BlobLike } from "../input/blobs.ts";
import { extensionOf, partsOf } from "./file-name.ts";
import { IMPORTERS } from "./importers.ts";

/** Options of `logFileFromContents` and `logFileFromPath`. Files that are recordings themselves disregard them. */
export interface LogFileOptions {
  /** The entity below which the file's own path goes. Default: none. */
  entityPathPrefix?: EntityPathLike | undefined;
  /** Without time, also a video or a sound, which else begin at 0 of a timeline of their own. Default `false`. */
  static?: boolean | undefined;
  /** Times for what the file holds, on top of the recording's. Default: without time. */
  time?: TimePointLike | undefined;
}

/** A file that is to be logged. */
export interface LoggedFile {
  readonly recording: RecordingStream;
  /** The recording with its times when the call was made, and those of the options. */
  readonly at: RecordingView;
  /** Its path or name: what kind it is, and where it goes. */
  readonly name: string;
  readonly contents: BlobLike | BlobWithType;
  readonly options: LogFileOptions | undefined;
}

/**
 * Logs what a file holds, as the importers of Rerun do. Done when it returns, but for a `Blob` and a recording.
 * Rejects with `UNSUPPORTED` or `FORMAT`.
 */
export async function logFile({ recording, at, name, contents, options = {} }: LoggedFile): Promise<void> {
  if (!recording.enabled) return;
  const extension = extensionOf(checked("name", () => textOf(name)));
  const importFile = Object.hasOwn(IMPORTERS, extension) ? IMPORTERS[extension] : undefined;
  if (importFile === undefined) throw unsupported(name, extension);
  const notice = describeUnknown("`logFileFromContents`", options, { entityPathPrefix: 1, static: 1, time: 1 });
  if (notice !== undefined) recording.notice(notice);
  const path = pathOf(name, options.entityPathPrefix);
  const bytes = isBlob(contents)
    ? new Uint8Array(await contents.arrayBuffer())
    : checked("contents", () => toBytes(contents));
  const isTimed = options.time !== undefined && options.static !== true;
  await importFile({ recording, at, path, name, extension, bytes, isTimed, isStatic: options.static === true });
}

function pathOf(name: string, prefix: EntityPathLike | undefined): EntityPath {
  return EntityPath.of(...(prefix === undefined ? [] : prefixParts(prefix)), ...partsOf(name));
}

function prefixParts(prefix: EntityPathLike): readonly (string | number | bigint)[] {
  if (prefix instanceof EntityPath) return prefix.parts;
  return typeof prefix === "string" ? EntityPath.parse(prefix).parts : prefix;
}

function textOf(name: unknown): string {
  if (typeof name !== "string") throw wrongType("the name of a file", name);
  return name;
}

function isBlob(contents: BlobLike | BlobWithType): contents is BlobWithType {
  return typeof contents === "object" && contents !== null && "arrayBuffer" in contents;
}

function unsupported(name: string, extension: string): RerunError {
  const what = extension === "" ? "files without extension" : `files that end in .${extension}`;
  const known = Object.keys(IMPORTERS).sort().join(", ");
  return new RerunError("UNSUPPORTED", `${JSON.stringify(name)}: ${what} cannot be logged, but these can: ${known}`, {
    argument: "name",
  });
}
