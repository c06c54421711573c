import { checkFetched } from "./companions.ts";
import {
  RerunError,
  type EntityPathLike,
  type RecordingStream,
  type RecordingView,
  type TimePointLike,
} from "@rerun-ts/core";
import { checkEntityPath, checkOptions, checked, wrongType, type OptionNames, isBuffer } from "@rerun-ts/core/checks";
import type { BlobWithType } from "../ext/contents.ts";
import { toBytes, type BlobLike } from "../codecs/blobs.ts";
import type { ResolveMesh } from "../urdf/archetype-of-shape.ts";
import { extensionOf, partsOf } from "./file-name.ts";
import { IMPORTERS } from "./importers.ts";

/** Options of `logFileFromContents` and `logFileFromPath`. Ignored for recordings and MCAP files. */
export interface LogFileOptions {
  /** A prefix for the entity path, which is the path of the file. Default: none. */
  entityPathPrefix?: EntityPathLike | undefined;
  /** Log as static data. Else videos and sounds begin at 0 on their own timelines. Default `false`. */
  static?: boolean | undefined;
  /** Times for the contents of the file, added to those of the recording. Default: static. */
  time?: TimePointLike | undefined;
  /**
   * Finds the meshes of a `.urdf` by their `filename`. Default: `logFileFromPath` finds them beside the file. Otherwise
   * none.
   */
  resolveMesh?: ResolveMesh | undefined;
}

const KNOWN: OptionNames<LogFileOptions> = { entityPathPrefix: 1, static: "boolean", time: 1, resolveMesh: "function" };

export interface LogFileCall {
  readonly name: string;
  /** Its options besides {@link LogFileOptions}. */
  readonly options: readonly string[];
  /** The extensions of files that it logs by other functions. */
  readonly extensions: readonly string[];
}

const CONTENTS: LogFileCall = { name: "logFileFromContents", options: [], extensions: [] };

/** A file to log, and its options. */
export interface LoggedFile {
  readonly recording: RecordingStream;
  /** The recording with its times at the call and those of the options. */
  readonly view: RecordingView;
  /** The path or name, which determines the importer and the entity path. */
  readonly name: string;
  readonly contents: BlobLike | BlobWithType;
  readonly options: LogFileOptions | undefined;
  /** The call of the program, for messages. Default: `logFileFromContents`. */
  readonly call?: LogFileCall | undefined;
}

/**
 * Logs the contents of a file, as Rerun's importers do. Everything is logged when the call returns, except for a `Blob`
 * and a recording. Rejects with `UNSUPPORTED` or `INVALID_FORMAT`.
 */
export async function logFile({
  recording,
  view,
  name,
  contents,
  options = {},
  call = CONTENTS,
}: LoggedFile): Promise<void> {
  checkOptions(call.name, options, { ...KNOWN, ...Object.fromEntries(call.options.map((option) => [option, 1])) });
  if (!recording.enabled) return;
  const extension = extensionOf(checked("name", () => textOf(name)));
  const importFile = Object.hasOwn(IMPORTERS, extension) ? IMPORTERS[extension] : undefined;
  if (importFile === undefined) throw unsupported(name, extension, call);
  const { entityPathPrefix, resolveMesh } = options;
  const prefix = checkEntityPath("entityPathPrefix", entityPathPrefix ?? []);
  const path = prefix.join(...partsOf(name));
  const bytes = isBlob(contents)
    ? new Uint8Array(await contents.arrayBuffer())
    : checked("contents", () => toBytes(contents));
  checkFetched(name, bytes);
  const isTimed = options.time !== undefined && options.static !== true;
  const isStatic = options.static === true;
  await importFile({ recording, view, path, prefix, name, extension, bytes, isTimed, isStatic, resolveMesh });
}

/** Whether files with such a name can be logged, by their extension. */
export function canLogFile(name: string): boolean {
  return Object.hasOwn(IMPORTERS, extensionOf(name));
}

function textOf(name: unknown): string {
  if (typeof name !== "string") throw wrongType("a file name", name);
  return name;
}

function isBlob(contents: BlobLike | BlobWithType): contents is BlobWithType {
  const hasBytes = ArrayBuffer.isView(contents) || isBuffer(contents);
  return !hasBytes && typeof (contents as Partial<BlobWithType> | null | undefined)?.arrayBuffer === "function";
}

/** Remarks on extensions that other functions log. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  mcap: "pages log .mcap files by `importMcap(recording, contents)` of @rerun-ts/mcap",
  csv: "log tables by `importTable(recording, source)` of @rerun-ts/import",
  parquet: "pages log .parquet files by `importTable(recording, contents)` of @rerun-ts/import",
};

function unsupported(name: string, extension: string, { extensions }: LogFileCall): RerunError {
  const what = extension === "" ? "files without extension" : `files that end in .${extension}`;
  const known = [...Object.keys(IMPORTERS), ...extensions].sort().join(", ");
  const elsewhere = Object.hasOwn(ELSEWHERE, extension) ? ELSEWHERE[extension] : undefined;
  const reason = elsewhere ?? `${what} cannot be logged, but these can: ${known}`;
  return new RerunError("UNSUPPORTED", `${JSON.stringify(name)}: ${reason}`, { argument: "name" });
}
