import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describeValue, isUrl, nonNegative, isUint8Array } from "@rerun-ts/core/checks";
import type { CompareOptions } from "@rerun-ts/reading";
import { storedBytes, type RenderedSource } from "./recorded-file.ts";
import type { RenderOptions } from "./render-options.ts";
import { renderRecording } from "./render-recording.ts";
import { matchPicture, picturePath, type MatcherResult, type PictureUpdate } from "./stored-picture.ts";

export interface MatchPictureOptions extends RenderOptions {
  /** The largest share of differing pixels, from 0 to 1: drivers draw edges differently. Default 0.01. */
  tolerance?: number | undefined;
}

/** Options of `toMatchRecording`, which are those of `compareRrd`. */
export type MatchRecordingOptions = CompareOptions;

/** Facts of test runners, which matchers get as `this`. */
export interface MatcherContext {
  /** Whether the test wants the values to differ: `expect(…).not`. */
  readonly isNot?: boolean;
  /** The file of the test. */
  readonly testPath?: string | undefined;
  /** State of the stored values of Vitest and Jest. */
  readonly snapshotState?: object | undefined;
}

const TOLERANCE = 0.01;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

/**
 * Matchers for `expect.extend` of Vitest and Jest. `@rerun-ts/testing/vitest` adds them to Vitest with their
 * types, and `@rerun-ts/testing/playwright` to Playwright.
 *
 * @example
 * expect.extend(matchers);
 * await expect(rec).toMatchRecording("expected.rrd");
 */
export const matchers: {
  /** Compares a picture of the viewer with a stored one, which the first run writes. */
  toMatchPicture(
    this: MatcherContext,
    received: unknown,
    name: string,
    options?: MatchPictureOptions,
  ): Promise<MatcherResult>;
  /** Compares a recording with another one, row by row. */
  toMatchRecording(
    this: MatcherContext,
    received: unknown,
    expected: unknown,
    options?: MatchRecordingOptions,
  ): Promise<MatcherResult>;
} = {
  async toMatchPicture(received, name, options = {}) {
    const { testPath, isNot = false } = this;
    if (testPath === undefined)
      throw new TypeError("`toMatchPicture` needs a test runner that names the file of a test");
    const path = picturePath(testPath, name);
    const { tolerance, ...rendering } = checkPictureOptions(options);
    const update = isNot ? "none" : updateOf(this);
    return matchPicture(await pictureOf(received, rendering), path, { tolerance, update });
  },

  async toMatchRecording(received, expected, options) {
    return matchRecording(received, expected, options, this.isNot === true ? "none" : updateOf(this));
  },
};

/** Checks the options of `toMatchPicture`. */
export function checkPictureOptions(
  options: MatchPictureOptions,
): MatchPictureOptions & { readonly tolerance: number } {
  const { tolerance = TOLERANCE } = options;
  if (nonNegative("tolerance", tolerance) > 1)
    throw new TypeError(`\`tolerance\` must be a share of pixels, from 0 to 1, got ${describeValue(tolerance)}`);
  return { ...options, tolerance };
}

/** A picture of a recording, or the picture that was given. */
export async function pictureOf(received: unknown, options: RenderOptions): Promise<Uint8Array> {
  if (isUint8Array(received) && PNG_SIGNATURE.every((byte, at) => received[at] === byte)) return received;
  return renderRecording(received as RenderedSource, options);
}

/** Compares recordings for a matcher, or stores the received one at the path of the expected one. */
export async function matchRecording(
  received: unknown,
  expected: unknown,
  options: MatchRecordingOptions | undefined,
  update: PictureUpdate,
): Promise<MatcherResult> {
  const path = storedPath(expected);
  const isStored = path === undefined || existsSync(path);
  if (path !== undefined && !isStored) {
    if (update !== "none") return store(received, path);
    const message = `there is no recording ${path}; run the test where CI is not set, and commit what it writes`;
    return { pass: false, message: () => message };
  }
  const result = await compare(received, expected, options);
  if (result.pass || path === undefined) return result;
  if (update === "all") return store(received, path);
  const hint = "Run the test with -u, or with RERUN_UPDATE_PICTURES=1, to replace the stored recording.";
  return { pass: false, message: () => `${result.message()}\n${hint}` };
}

/** The path of a stored recording, or `undefined` for other sources. */
function storedPath(expected: unknown): string | undefined {
  if (isUrl(expected)) return expected.protocol === "file:" ? fileURLToPath(expected) : undefined;
  return typeof expected === "string" && expected !== "" && !/^[a-z][a-z\d+.-]+:\/\//i.test(expected)
    ? expected
    : undefined;
}

async function store(received: unknown, path: string): Promise<MatcherResult> {
  const bytes = await storedBytes(received as RenderedSource);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return { pass: true, message: () => `the recording ${path} was written` };
}

async function compare(received: unknown, expected: unknown, options?: MatchRecordingOptions): Promise<MatcherResult> {
  const { compareRrd } = await import("@rerun-ts/reading");
  type Source = Parameters<typeof compareRrd>[0];
  const report = await compareRrd(received as Source, expected as Source, options);
  const { isEqual, numDifferences, differences } = report;
  const left = numDifferences - differences.length;
  const lines = differences.map(({ reason }) => `  ${reason}`);
  if (left > 0) lines.push(`  and ${left} more`);
  const message = isEqual
    ? "the recordings are equal, but must not be"
    : `the recordings differ in ${numDifferences} ${numDifferences === 1 ? "place" : "places"}:\n${lines.join("\n")}`;
  return { pass: isEqual, message: () => message };
}

function updateOf({ snapshotState }: MatcherContext): PictureUpdate {
  if ((process.env["RERUN_UPDATE_PICTURES"] ?? "") !== "") return "all";
  // The name of the field is private, but the same in Vitest and Jest.
  const { _updateSnapshot: mode } = Object(snapshotState) as { readonly _updateSnapshot?: "all" | "new" | "none" };
  if (mode !== undefined) return mode === "new" ? "missing" : mode;
  return (process.env["CI"] ?? "") === "" ? "missing" : "none";
}
