import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { RerunError } from "@rerun-ts/core";
import type { ValuesOf } from "../command/command-table.ts";
import { checkRecording } from "../command/input-files.ts";
import { integerOf } from "../command/parse-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { isFolder } from "../expand-folders.ts";
import type { OPTIMIZE } from "./optimize-table.ts";
import { STDIN, withPaths, type RrdPaths } from "./rrd-arguments.ts";
import { makeFolder, writeOutput } from "./rrd-output.ts";
import { showingProgress, sourcesOf, writingOptions, type Sources } from "./rrd-sources.ts";
import { optimizeRrd, type OptimizeOptions } from "@rerun-ts/reading";
import { BYTE_UNITS } from "@rerun-ts/node/files";

/** The variable of a number of bytes, in place of `--max-size`. */
const MAX_BYTES = "RERUN_CHUNK_MAX_BYTES";

type OptimizeValues = ValuesOf<typeof OPTIMIZE> & RrdPaths;

/** Runs `rerun-ts rrd optimize`: one file of all inputs, or a folder with the files of a folder. */
export async function optimize(values: ValuesOf<typeof OPTIMIZE>): Promise<void> {
  const given = withPaths(values, isFolder);
  const output = given.output;
  const options = optionsOf(given);
  if (given.paths.some(isFolder)) return optimizeFolders(given, options);
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
  await optimizeOne(given, sourcesOf(given), output, options);
}

function optimizeOne(
  given: OptimizeValues,
  sources: Sources,
  output: string | undefined,
  options: OptimizeOptions,
): Promise<void> {
  return showingProgress(given, (onProgress) =>
    writeOutput(output, optimizeRrd(sources, { ...options, ...writingOptions(given), onProgress })),
  );
}

async function optimizeFolders(given: OptimizeValues, options: OptimizeOptions): Promise<void> {
  const output = given.output;
  if (output === undefined) throw new UsageError("`rrd optimize` of a folder requires `-o FOLDER`");
  if (given.paths.includes(STDIN)) throw new UsageError("`rrd optimize` reads no standard input beside a folder");
  for (const path of given.paths) {
    const files = isFolder(path) ? await recordingsIn(path, output) : [path];
    if (files.length === 0) throw new RerunError("NOT_FOUND", `there is no .rrd or .rbl file below ${path}`);
    for (const file of files) {
      checkRecording(file);
      const target = join(output, isFolder(path) ? relative(path, file) : basename(file));
      if (resolve(target) === resolve(file))
        throw new RerunError("INVALID_ARGUMENT", `the output of ${file} would replace it: choose another folder`);
      await makeFolder(dirname(target));
      await optimizeOne({ ...given, paths: [file] }, [file], target, options);
      console.error(`Wrote ${target}`);
    }
  }
}

/** The recordings and blueprints below a folder, except those in the output folder, which may be inside it. */
async function recordingsIn(folder: string, output: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:rrd|rbl)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !resolve(path).startsWith(join(resolve(output), "/")) || resolve(output) === resolve(folder))
    .sort();
}

/** The options of the flags, or else of Rerun's environment variables. */
function optionsOf(given: OptimizeValues): OptimizeOptions {
  const { "max-size": size } = given;
  const bytes = process.env[MAX_BYTES] ?? "";
  return {
    profile: given.profile,
    maxBytes: size === undefined ? (bytes === "" ? undefined : integerOf(MAX_BYTES, bytes)) : bytesOf(size),
    maxRows: given["max-rows"],
    maxRowsIfUnsorted: given["max-rows-if-unsorted"],
    splitSizeRatio: given["split-size-ratio"],
    gopBatching: given["no-rebatch-videos"] ? false : undefined,
    fixKeyframes: given["fix-keyframe"],
  };
}

/** A size such as `2MiB`. @throws {UsageError} if the value is not a size */
function bytesOf(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([kKMGT]?i?B)$/.exec(text) ?? [];
  const factor = BYTE_UNITS[unit === "KB" ? "kB" : unit];
  if (factor !== undefined) return Math.floor(Number(number) * factor);
  throw new UsageError(`\`--max-size\` must be a size such as 2MiB, 512KiB or 1GB, got ${JSON.stringify(text)}`);
}
