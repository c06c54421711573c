// The entry point `@rerun-ts/testing/playwright`.
import { expect as base, test, type Expect } from "@playwright/test";
import {
  checkPictureOptions,
  matchRecording,
  pictureOf,
  type MatchPictureOptions,
  type MatchRecordingOptions,
} from "./matchers.ts";
import type { MatcherResult, PictureUpdate } from "./stored-picture.ts";

/** Matchers of {@link expect} besides those of Playwright. */
export interface RecordingMatchers {
  /**
   * Whether a recording looks as the stored picture `NAME.png`. The picture is a snapshot of Playwright, with its
   * places, updates and reports. Accepts the sources of `renderRecording`, or a PNG.
   */
  toMatchPicture(received: unknown, name: string, options?: MatchPictureOptions): Promise<MatcherResult>;
  /**
   * Whether a recording has the same rows as another one, such as a file. See `compareRrd`. A missing file is written,
   * as a snapshot of Playwright is.
   */
  toMatchRecording(received: unknown, expected: unknown, options?: MatchRecordingOptions): Promise<MatcherResult>;
}

/** Recordings to write, by the option `updateSnapshots` of Playwright. Others mean those that are missing. */
const UPDATES: Readonly<Record<string, PictureUpdate>> = { all: "all", changed: "all", none: "none" };

const recordingMatchers = {
  async toMatchPicture(received: unknown, name: string, options: MatchPictureOptions = {}): Promise<MatcherResult> {
    const { tolerance, ...rendering } = checkPictureOptions(options);
    const picture = await pictureOf(received, rendering);
    try {
      base(Buffer.from(picture)).toMatchSnapshot(name.endsWith(".png") ? name : `${name}.png`, {
        maxDiffPixelRatio: tolerance,
      });
      return { pass: true, message: () => `the picture is as the stored picture ${name}, but must not be` };
    } catch (error) {
      return { pass: false, message: () => (error as Error).message };
    }
  },
  toMatchRecording(
    this: { readonly isNot?: boolean },
    received: unknown,
    expected: unknown,
    options?: MatchRecordingOptions,
  ): Promise<MatcherResult> {
    const { updateSnapshots } = test.info().config;
    const update = this.isNot === true ? "none" : (UPDATES[updateSnapshots] ?? "missing");
    return matchRecording(received, expected, options, update);
  },
} satisfies RecordingMatchers;

/**
 * The `expect` of Playwright with matchers for recordings.
 *
 * @example
 * import { expect } from "@rerun-ts/testing/playwright";
 * await expect(rec).toMatchPicture("scene", { time: { timeline: "frame", at: 12 } });
 */
export const expect: Expect<RecordingMatchers> = base.extend(recordingMatchers);
