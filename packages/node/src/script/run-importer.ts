import { extname } from "node:path";
import { invalidArgument, messageOf, checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import { RecordingStream } from "../recording/recording-stream.ts";
import { redirectOutput } from "../stdout/redirect-output.ts";
import { INCOMPATIBLE, parseImporterFlags, type ImporterTime } from "../importer/importer-flags.ts";

/** A file that the viewer asks a program to import. */
export interface ImporterFile {
  /** The path, as the viewer passes it. */
  readonly path: string;
  /** The entity for the data of the file, if the viewer requests one. */
  readonly entityPathPrefix: string | undefined;
  /** Whether the data is static. The recording then has no times. */
  readonly isStatic: boolean;
}

/** An importer of files. */
export interface ImporterOptions {
  /** The name of the importer, for messages. */
  name: string;
  /** The extensions of the files, such as `[".las"]`. Others are left to other importers. */
  extensions: readonly string[];
  /** Whether this importer reads a file with such an extension, e.g. by its first bytes. Default: yes. */
  accepts?: ((file: ImporterFile) => Promise<boolean> | boolean) | undefined;
  /** Logs the file to the recording, which has the times of the import. */
  import: (recording: RecordingStream, file: ImporterFile) => Promise<void> | void;
  /** The arguments of the program. Default: those of the process. */
  args?: readonly string[] | undefined;
}

const HELP = (name: string): string => `Usage: ${name} FILE [OPTION …]

Imports a file for the Rerun viewer, and writes a recording to standard output. The viewer runs all programs
in PATH whose names begin with rerun-importer-.`;

/**
 * Runs a program as an importer of Rerun: the viewer, `rerun FILE` and `logFileFromPath` run all programs in `PATH`
 * whose names begin with `rerun-importer-`. The `bin` of an npm package is such a program.
 *
 * Standard output is the recording, so that `console.log` prints to standard error from then on. The exit code of the
 * process is set: 0, 1 for an error, which is printed, or 66 for a file of another kind. Settles when the recording is
 * written.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong
 * @example
 * await rr.files.runImporter({
 *   name: "rerun-importer-log",
 *   extensions: [".log"],
 *   async import(rec, { path }) {
 *     for (const line of (await readFile(path, "utf8")).split("\\n")) rec.log("log", new rr.TextLog(line));
 *   },
 * });
 */
export function runImporter(options: ImporterOptions): Promise<void> {
  return withRerunErrors(async () => {
    checkOptions("runImporter", options, { name: 1, extensions: 1, accepts: "function", import: "function", args: 1 });
    const { name, extensions, accepts, import: importFile, args = process.argv.slice(2) } = options;
    if (typeof name !== "string" || name === "") throw invalidArgument("name", "a non-empty string", name);
    if (typeof importFile !== "function") throw invalidArgument("import", "a function", importFile);
    if (!Array.isArray(extensions) || !extensions.every((extension) => /^\.[^/\\]+$/.test(String(extension))))
      throw invalidArgument("extensions", 'a list of extensions such as ".las"', extensions);
    if (args.includes("--help") || args.includes("-h")) {
      console.log(HELP(name));
      return;
    }
    const request = parseImporterFlags(args);
    if (request === undefined) {
      console.error(HELP(name));
      process.exitCode = 2;
      return;
    }
    const { path, entityPathPrefix, isStatic, times } = request;
    const known = (extensions as readonly string[]).map((extension) => extension.toLowerCase());
    const isKnown = known.some((extension) => path.toLowerCase().endsWith(extension));
    if (!isKnown && !known.includes(extname(path).toLowerCase())) {
      process.exitCode = INCOMPATIBLE;
      return;
    }
    // Importers print what they like, and the viewer shows it if they fail.
    redirectOutput(() => {});
    const recording = new RecordingStream(request.applicationId ?? name, {
      recordingId: request.recordingId,
      // The properties of the open recording stay.
      sendProperties: false,
    });
    if (!isStatic) for (const time of times) recording.setTime(time.name, valueOf(time));
    const file = { path, entityPathPrefix, isStatic };
    try {
      if ((await accepts?.(file)) === false) process.exitCode = INCOMPATIBLE;
      else await importInto(recording, () => importFile(recording, file));
    } catch (error) {
      console.error(`${name}: cannot import ${path}: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  });
}

async function importInto(recording: RecordingStream, run: () => Promise<void> | void): Promise<void> {
  await recording.stdout();
  try {
    await run();
  } finally {
    // Data logged before an error is sent.
    await recording.close();
  }
}

function valueOf({
  kind,
  value,
}: ImporterTime): { sequence: bigint } | { duration: { nanos: bigint } } | { timestamp: bigint } {
  if (kind === "sequence") return { sequence: value };
  return kind === "duration" ? { duration: { nanos: value } } : { timestamp: value };
}
