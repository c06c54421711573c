import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GALLERY } from "@rerun-ts/test-support/examples/gallery";
import { runExample } from "@rerun-ts/test-support/examples/run-example";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import type { RunningViewer, StrongColors } from "@rerun-ts/test-support/viewers/viewer-report";
import { expectContents } from "./contents.ts";
import { sharedNativeViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);
/** Examples with separate tests. */
const OTHERS = ["archetypes", "demo", "fleet", "incident", "layouts", "pid", "rides", "training", "video-pipe"];
/** The least share of an image with strong colours. The selection is blue in any viewer, and warnings are red. */
const LEAST_COLORED = 0.002;

describe("the examples of the gallery", () => {
  let folder: string;
  let outcomes: ReadonlyMap<string, { readonly code: number; readonly output: string }>;

  // One viewer for all: it closes each recording before it opens the next.
  let viewer: RunningViewer | undefined;

  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    outcomes = await runAll(fileOf);
    if (rerun !== undefined && missing === undefined) viewer = await sharedNativeViewer(rerun);
  });
  afterAll(() => removeTemporaryFolder(folder));

  const fileOf = (example: string): string => join(folder, `${example}.rrd`);

  it("are complete: every example has a test", async () => {
    const entries = await readdir(join(root, "examples/node"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect([...GALLERY.map(({ example }) => example), ...OTHERS].sort()).toEqual(folders.sort());
  });

  for (const { example, timeline, sequence, views } of GALLERY) {
    it(`${example} runs, and prints the file that it has written`, () => {
      const { code, output } = outcomes.get(example) ?? { code: 1, output: "it did not run" };
      expect(code, output).toBe(0);
      expect(output).toContain(`rerun ${fileOf(example)}`);
    });

    it(`${example} opens in the native viewer with every entity and component, its views, and no problem`, async ({
      skip,
    }) => {
      skip(missing !== undefined, missing);
      if (viewer === undefined) throw new Error(missing);
      const shows = (colors: StrongColors): boolean => coloredShare(colors) > LEAST_COLORED;
      const images = [{ path: join(folder, `${example}.png`), timeline, sequence, shows }];
      await viewer.open(fileOf(example));
      const report = await viewer.report({ images });
      await expectContents(report, fileOf(example));
      expect(report.views.map(({ view_class }) => view_class).sort()).toEqual(views);
      const [colors] = report.images;
      expect(colors === undefined ? 0 : coloredShare(colors)).toBeGreaterThan(LEAST_COLORED);
    });
  }
});

/** The share of an image with strong colours. */
function coloredShare({ pixels, red, green, blue }: StrongColors): number {
  return (red + green + blue) / pixels;
}

/** Runs all programs, two at the same time. */
async function runAll(
  fileOf: (example: string) => string,
): Promise<ReadonlyMap<string, { readonly code: number; readonly output: string }>> {
  const outcomes = new Map<string, { code: number; output: string }>();
  const waiting = GALLERY.map(({ example }) => example);
  const work = async (): Promise<void> => {
    for (let example = waiting.shift(); example !== undefined; example = waiting.shift()) {
      outcomes.set(example, await runExample(example, [fileOf(example), "--exit"], { capture: true }));
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}
