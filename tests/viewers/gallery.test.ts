import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GALLERY } from "../../tools/lib/example-pictures.mjs";
import { findRerun } from "../../tools/lib/python.mjs";
import { isCi, root, run } from "../../tools/lib/run.mjs";
import { openInViewer } from "../../tools/lib/viewer.mjs";
import { hasVulkan } from "../../tools/lib/vulkan.mjs";
import { expectContents } from "./contents.ts";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);
/** These have tests of their own. */
const OTHERS = ["archetypes", "demo"];

describe("the examples of the gallery", () => {
  let folder: string;
  let outcomes: ReadonlyMap<string, { readonly code: number; readonly output: string }>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rerun-ts-gallery-"));
    outcomes = await runAll(fileOf);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const fileOf = (example: string): string => join(folder, `${example}.rrd`);

  it("are all there are", async () => {
    const entries = await readdir(join(root, "examples/node"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect([...GALLERY.map(({ example }) => example), ...OTHERS].sort()).toEqual(folders.sort());
  });

  for (const { example, timeline, sequence, views } of GALLERY) {
    it(`${example} runs, and says what it wrote`, () => {
      const { code, output } = outcomes.get(example) ?? { code: 1, output: "it did not run" };
      expect(code, output).toBe(0);
      expect(output).toContain(`rerun ${fileOf(example)}`);
    });

    it(`${example} opens in the native viewer: every entity and component, its views, and no report`, async ({
      skip,
    }) => {
      skip(missing !== undefined, missing);
      if (rerun === undefined) throw new Error(missing);
      const pictures = [{ path: join(folder, `${example}.png`), timeline, sequence }];
      const report = await openInViewer(rerun, fileOf(example), { pictures });
      await expectContents(report, fileOf(example));
      expect(report.views.map(({ view_class }) => view_class).sort()).toEqual(views);
      // What is selected is blue in any viewer, and warnings are red.
      const [{ red, green, blue } = { red: 0, green: 0, blue: 0 }] = report.pictures;
      expect(red + green + blue).toBeGreaterThan(2000);
    });
  }
});

/** Runs all programs, two at a time. */
async function runAll(
  fileOf: (example: string) => string,
): Promise<ReadonlyMap<string, { readonly code: number; readonly output: string }>> {
  const outcomes = new Map<string, { code: number; output: string }>();
  const waiting = GALLERY.map(({ example }) => example);
  const work = async (): Promise<void> => {
    for (let example = waiting.shift(); example !== undefined; example = waiting.shift()) {
      const args = ["--no-install", "tsx", `examples/node/${example}/main.ts`, fileOf(example), "--exit"];
      outcomes.set(example, await run("npx", args, { capture: true }));
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}
