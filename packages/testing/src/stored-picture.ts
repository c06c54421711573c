import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describeValue } from "@rerun-ts/core/checks";
import { comparePictures } from "./compare-pictures.ts";

/** The pictures that are written: all of them, missing ones, or none. */
export type PictureUpdate = "all" | "missing" | "none";

/** Result of a matcher, as test runners expect it. */
export interface MatcherResult {
  /** Whether the values match. */
  readonly pass: boolean;
  /** Describes the difference. */
  readonly message: () => string;
}

const FOLDER = "__pictures__";
const NAME = /^\w[\w .-]*$/;

/** Path of the picture with a name, beside the file of its test. @throws {TypeError} if the name is wrong */
export function picturePath(testPath: string, name: string): string {
  if (typeof name !== "string" || !NAME.test(name))
    throw new TypeError(
      `\`name\` must be a name of a picture: letters, digits, spaces, dots and dashes, got ${describeValue(name)}`,
    );
  return join(dirname(testPath), FOLDER, `${name.replace(/\.png$/, "")}.png`);
}

/**
 * Compares a picture with the stored one, or stores it. A picture that differs is written beside the stored one, with
 * its differences.
 */
export async function matchPicture(
  picture: Uint8Array,
  path: string,
  { tolerance, update }: { readonly tolerance: number; readonly update: PictureUpdate },
): Promise<MatcherResult> {
  const shown = relative(process.cwd(), path);
  const [actual, diff] = [path.replace(/png$/, "actual.png"), path.replace(/png$/, "diff.png")];
  const stored = existsSync(path) ? await readFile(path) : undefined;
  if (stored === undefined && update === "none")
    return result(false, `there is no picture ${shown}; run the test where CI is not set, and commit what it writes`);
  const difference = stored === undefined ? undefined : await comparePictures(picture, stored);
  const isEqual = difference !== undefined && difference.share <= tolerance;
  if (isEqual || difference === undefined || update === "all") {
    await rm(actual, { force: true });
    await rm(diff, { force: true });
    if (isEqual) return result(true, `the picture is as ${shown}, but must not be`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, picture);
    return result(true, `the picture ${shown} was written`);
  }
  await writeFile(actual, picture);
  if (difference.diff !== undefined) await writeFile(diff, difference.diff);
  const what =
    difference.sizes ?? `${percent(difference.share)} of its pixels differ, at most ${percent(tolerance)} may`;
  return result(
    false,
    `the picture is not as ${shown}: ${what}\n` +
      `  picture:     ${relative(process.cwd(), actual)}\n` +
      (difference.diff === undefined ? "" : `  differences: ${relative(process.cwd(), diff)}\n`) +
      "Run the test with -u, or with RERUN_UPDATE_PICTURES=1, to replace the stored picture.",
  );
}

function result(pass: boolean, message: string): MatcherResult {
  return { pass, message: () => message };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
