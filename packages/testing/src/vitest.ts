// The entry point `@rerun-ts/testing/vitest`: `import` it in a test or a setup file.
import { expect } from "vitest";
import { matchers, type MatchPictureOptions, type MatchRecordingOptions } from "./matchers.ts";

declare module "vitest" {
  // The name and the default are those of Vitest's declaration.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Matchers<T = any> {
    /**
     * Whether a recording looks as the picture `__pictures__/NAME.png` beside the test, which the first run writes.
     * Accepts the sources of `renderRecording`, or a PNG.
     */
    toMatchPicture(name: string, options?: MatchPictureOptions): Promise<void>;
    /**
     * Whether a recording has the same rows as another one, such as a file, which the first run writes and `-u`
     * replaces. See `compareRrd`.
     */
    toMatchRecording(expected: unknown, options?: MatchRecordingOptions): Promise<void>;
  }
}

expect.extend(matchers);
