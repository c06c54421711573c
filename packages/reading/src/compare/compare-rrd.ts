import { checkOptions, describeValue, nonNegative, type OptionNames, withRerunErrors } from "@rerun-ts/core/checks";
import { contentFilter } from "@rerun-ts/core/encode";
import type { RrdFile } from "../reading/open-rrd.ts";
import { openRecorded, type RecordedSource } from "../reading/recorded-source.ts";
import { haveSameBytes } from "../source/have-same-bytes.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { RecordingComparison, type CompareReport, type ComparisonRules } from "./recording-comparison.ts";

/** Options of {@link compareRrd}. */
export interface CompareOptions extends ReadOptions {
  /** The largest difference of two numbers that count as equal. Default 0. */
  tolerance?: number | undefined;
  /**
   * Names of ignored timelines and components, and expressions such as `/debug/**` for ignored entities. Default
   * `["log_time"]`, because programs never run at the same time.
   */
  ignore?: readonly string[] | undefined;
  /** Whether application ids, recording ids and start times are compared, too. Default `false`. */
  ids?: boolean | undefined;
  /** Whether the division of rows into chunks counts. Default `false`. */
  chunks?: boolean | undefined;
  /** The largest number of described differences. All are counted. Default 20. */
  maxDifferences?: number | undefined;
}

const KNOWN: OptionNames<CompareOptions> = {
  tolerance: 1,
  ignore: 1,
  ids: "boolean",
  chunks: "boolean",
  maxDifferences: 1,
  signal: 1,
};

/** A time that no two recordings share. */
const START_TIME = "RecordingInfo:start_time";
/** Default number of differences that are described. */
const MAX_DIFFERENCES = 20;

/**
 * Compares two recordings by their rows and values. Their division into chunks does not count. Rows with the same times
 * are compared in the order of their ids. Of static data the latest values count. Blueprints do not count.
 *
 * @param actual a source as of `openRrd` with one recording, its reader, or a `RecordingStream` with only in-memory
 * sinks
 * @param expected the same, for the expected recording
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong or a source has several recordings, `INVALID_FORMAT`
 * if a source is damaged, or the errors of `openRrd`
 *
 * @example
 * const { isEqual, differences } = await compareRrd("new.rrd", "old.rrd", { tolerance: 1e-6 });
 * for (const { reason } of differences) console.error(reason);
 */
export function compareRrd(
  actual: RecordedSource,
  expected: RecordedSource,
  options: CompareOptions = {},
): Promise<CompareReport> {
  return withRerunErrors(async () => {
    checkOptions("compareRrd", options, KNOWN);
    const rules = rulesOf(options);
    const files: RrdFile[] = [];
    try {
      const first = await openRecorded(actual, files, options);
      const other = await openRecorded(expected, files, options);
      const [file, otherFile] = files;
      const isCopy = file && otherFile && (await haveSameBytes(file.source, otherFile.source, options));
      // Of a copy, one file is read.
      const second = isCopy === true ? first : other;
      return await new RecordingComparison(first, second, rules).run();
    } finally {
      for (const file of files) await file.close();
    }
  });
}

function rulesOf(options: CompareOptions): ComparisonRules {
  const { ignore = ["log_time"], ids = false, chunks = false, signal } = options;
  const { tolerance = 0, maxDifferences = MAX_DIFFERENCES } = options;
  nonNegative("tolerance", tolerance);
  nonNegative("maxDifferences", maxDifferences);
  if (!Array.isArray(ignore) || !ignore.every((name) => typeof name === "string"))
    throw new TypeError(
      "`ignore` must be a list of timelines, components and expressions for entities such as `/debug/**`, " +
        `got ${describeValue(ignore)}`,
    );
  const names = new Set(ignore.filter((name) => !name.startsWith("/")));
  if (!ids) names.add(START_TIME);
  const excluded = ignore.filter((name) => name.startsWith("/")).map((expression) => `-${expression}`);
  const countsEntity = contentFilter(["/**", "/__properties/**", ...excluded]);
  return { counts: (name) => !names.has(name), countsEntity, tolerance, ids, chunks, maxDifferences, signal };
}
