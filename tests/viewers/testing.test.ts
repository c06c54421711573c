import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingContents, verifyRrd } from "@rerun-ts/reading";
import { Image, RecordingStream, Scalars, blueprint } from "@rerun-ts/node";
import { matchers, renderRecording, type RenderOptions } from "@rerun-ts/testing";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { chromiumLaunchOptions, chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

const SIZE = { width: 323, height: 241 };
const EXECUTABLE = rerun?.rerun;

let folder: string;
beforeAll(() => {
  folder = makeTemporaryFolder().path;
});
afterAll(() => removeTemporaryFolder(folder, { ignore: (path) => !path.endsWith(".rrd") }));

/** A square that is red at frame 0 and green at frame 1, beside a curve. */
function scene(): RecordingStream {
  const recording = new RecordingStream("pictures");
  for (const frame of [0, 1]) {
    recording.setTime("frame", frame);
    const color = frame === 0 ? [255, 0, 0] : [0, 255, 0];
    const pixels = Uint8Array.from([...color, ...color, ...color, ...color]);
    recording.log("square", new Image({ data: pixels, width: 2, height: 2, colorModel: "RGB" }));
    recording.log("curve", new Scalars(frame));
  }
  return recording;
}

const LAYOUT = new blueprint.Vertical([
  new blueprint.Spatial2DView({ origin: "/square", name: "square" }),
  new blueprint.TimeSeriesView({ origin: "/curve", name: "curve" }),
]);

const render = (source: Parameters<typeof renderRecording>[0], options?: RenderOptions): Promise<Uint8Array> =>
  renderRecording(source, { executablePath: EXECUTABLE, size: SIZE, ...options });

/** The processes of viewers with windows of a size. */
function viewersOf({ width, height }: typeof SIZE): number[] {
  const { stdout } = spawnSync("pgrep", ["--full", `^\\S*rerun .*window-size=${width}x${height}`], {
    encoding: "utf8",
  });
  return stdout.split("\n").flatMap((pid) => (pid === "" ? [] : [Number(pid)]));
}

const MANY = expect.closeTo(60, -2) as number;

/** The shares of pure red and pure green pixels, in percent. */
function colorsOf(png: Uint8Array): { red: number; green: number } {
  const { data, width, height } = PNG.sync.read(Buffer.from(png));
  const counts = { red: 0, green: 0 };
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
    if (r > 200 && g < 60 && b < 60) counts.red++;
    if (g > 200 && r < 60 && b < 60) counts.green++;
  }
  const percent = (count: number): number => Math.round((100 * count) / (width * height));
  return { red: percent(counts.red), green: percent(counts.green) };
}

describe.skipIf(missing !== undefined)("renderRecording", () => {
  it("draws a time of a recording, of its bytes and of its file, always the same", async () => {
    const recording = scene();
    const red = await render(recording, { blueprint: LAYOUT, view: "square", time: { timeline: "frame", at: 0 } });
    expect(colorsOf(red)).toMatchObject({ red: MANY, green: 0 });
    // Another application has another layout, and the last time of the timeline.
    expect(colorsOf(await render(recording))).toMatchObject({ red: 0, green: MANY });

    const bytes = recording.memoryRecording().drainAsBytes();
    const file = join(folder, "scene.rrd");
    await writeFile(file, bytes);
    const [fromBytes, fromFile] = await Promise.all(
      [bytes, file].map((source) =>
        render(source, { blueprint: LAYOUT, view: "square", time: { timeline: "frame", at: 0 } }),
      ),
    );
    for (const picture of [fromBytes, fromFile]) expect(Buffer.compare(picture ?? red, red)).toBe(0);
    const whole = PNG.sync.read(Buffer.from(await render(file, { panels: true })));
    expect([whole.width, whole.height]).toEqual([SIZE.width, SIZE.height]);
  });

  it("draws again after its viewer was killed, and has no viewer after its program was", async () => {
    const before = await render(scene());
    for (const viewer of viewersOf(SIZE)) process.kill(viewer, "SIGKILL");
    expect(Buffer.compare(await render(scene()), before)).toBe(0);

    const size = { width: 331, height: 241 };
    const program = `import { renderRecording } from "@rerun-ts/testing";
      await renderRecording(process.argv[2], { executablePath: process.argv[3], size: ${JSON.stringify(size)} });
      process.kill(process.pid, "SIGKILL");`;
    const file = join(folder, "killed.rrd");
    await writeFile(file, scene().memoryRecording().drainAsBytes());
    const path = join(import.meta.dirname, `killed-${process.pid}.mjs`);
    await writeFile(path, program);
    try {
      expect((await run(process.execPath, [path, file, EXECUTABLE ?? ""])).code).toBe(128);
    } finally {
      await rm(path);
    }
    await expect.poll(() => viewersOf(size), { timeout: 10_000 }).toEqual([]);
  });

  it("says which view, file or program there is not", async () => {
    await expect(render(scene(), { view: "nope" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining('got "nope"; the views are: ') as string,
    });
    await expect(render(join(folder, "missing.rrd"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(render(scene(), { executablePath: "/no/rerun" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(render(scene(), { executablePath: "/bin/false" })).rejects.toMatchObject({ code: "VIEWER_FAILED" });
    await expect(render(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    await expect(render(scene(), { size: { width: 0, height: 10 } })).rejects.toThrow(
      "`size` must be { width, height }",
    );
    await expect(render(scene(), { time: "x" as never })).rejects.toThrow("`time` must be { timeline, at }");
    await expect(render(scene(), { time: { timeline: "nope", at: 1 } })).rejects.toThrow(/no timeline "nope"/);
    await expect(render(scene(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("toMatchPicture", () => {
  const pictureOf = (color: number, size = 20): Uint8Array => {
    const png = new PNG({ width: size, height: size });
    for (let at = 0; at < png.data.length; at += 4) png.data.writeUInt32BE(((color << 8) | 255) >>> 0, at);
    return PNG.sync.write(png);
  };

  it("stores a picture, accepts it, shows what differs, and replaces it", async () => {
    const match = (picture: Uint8Array, mode: "all" | "new" | "none", name = "one", tolerance?: number) =>
      matchers.toMatchPicture.call(
        { testPath: join(folder, "a.test.ts"), snapshotState: { _updateSnapshot: mode } },
        picture,
        name,
        { tolerance },
      );
    const stored = join(folder, "__pictures__", "one.png");
    const files = async (): Promise<string[]> => (await readdir(join(folder, "__pictures__"))).sort();
    const [black, white] = [pictureOf(0), pictureOf(0xffffff)];
    const absent = await match(black, "none");
    expect([absent.pass, absent.message()]).toEqual([false, expect.stringContaining("there is no picture")]);
    expect((await match(black, "new")).pass).toBe(true);
    expect((await match(black, "none")).pass).toBe(true);

    const other = await match(white, "new");
    expect([other.pass, other.message()]).toEqual([false, expect.stringContaining("100 % of its pixels differ")]);
    expect(await files()).toEqual(["one.actual.png", "one.diff.png", "one.png"]);
    const larger = await match(pictureOf(0, 21), "new");
    expect([larger.pass, larger.message()]).toEqual([false, expect.stringContaining("21×21 instead of 20×20 pixels")]);
    expect((await match(white, "new", "one", 1)).pass).toBe(true);
    expect((await match(white, "all")).pass).toBe(true);
    expect(await files()).toEqual(["one.png"]);
    expect(Buffer.compare(await readFile(stored), white)).toBe(0);
    await expect(match(black, "new", "../one")).rejects.toThrow("`name` must be a name of a picture");
    await expect(match(black, "new", "one", 2)).rejects.toThrow("`tolerance` must be a share of pixels");
  });
});

describe("the test runners", () => {
  const projects: string[] = [];
  afterAll(async () => {
    for (const project of projects) await removeTemporaryFolder(project);
  });

  /** Runs a test runner on one test file, in a folder of its own. */
  async function runTests(runner: readonly string[], files: Readonly<Record<string, string>>) {
    const project = makeTemporaryFolder().path;
    projects.push(project);
    await symlink(join(root, "node_modules"), join(project, "node_modules"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text);
    const env = { CI: "", NO_COLOR: "1", FORCE_COLOR: undefined, RERUN_CLI_PATH: EXECUTABLE ?? "", VITEST: undefined };
    const result = await run(process.execPath, runner, { capture: true, cwd: project, env });
    const recordings = join(project, "rerun-recordings");
    const names = existsSync(recordings) ? (await readdir(recordings)).sort() : [];
    return { ...result, project, recordings: names.map((name) => join(recordings, name)) };
  }

  const TEST = `
    rec.setTime("frame", 1);
    rec.log("a", new rr.Scalars(1));
    const other = new rr.RecordingStream("b");
    other.setTime("frame", 1);
    other.log("a", new rr.Scalars(2));
  `;

  it.skipIf(missing !== undefined)("Vitest has the matchers, and records the tests that fail", async () => {
    const { code, output, recordings, project } = await runTests(["node_modules/vitest/vitest.mjs", "run"], {
      "vitest.config.mjs": `export default { test: { reporters: ["default", "@rerun-ts/testing/vitest-reporter"], testTimeout: 60_000 } };`,
      "some.test.mjs": `
        import "@rerun-ts/testing/vitest";
        import * as rr from "@rerun-ts/node";
        import { expect, it } from "vitest";
        const rec = new rr.RecordingStream("a");
        ${TEST}
        it("passes", async () => {
          await expect(rec).toMatchRecording(rec);
          await expect(rec).not.toMatchRecording(other);
          await expect(rec).toMatchPicture("scene", { size: { width: 160, height: 120 } });
          await expect(rec).toMatchPicture("scene", { size: { width: 160, height: 120 } });
        });
        it("fails", async () => {
          console.log("printed");
          await expect(rec).toMatchRecording(other);
        });`,
    });
    expect(output).toContain("/a at frame=1: `Scalars:scalars` is [1], expected [2]");
    expect(output).toMatch(/1 test was recorded in .*rerun-ts view .*some\.test\.mjs-fails\.rrd/);
    expect(code).toBe(1);
    expect(await readdir(join(project, "__pictures__"))).toEqual(["scene.png"]);
    expect(recordings).toHaveLength(1);
    const [file = ""] = recordings;
    expect((await verifyRrd(file)).problems).toEqual([]);
    expect(await recordingContents(file)).toMatchObject({
      "/test": [{ "TextDocument:text": [expect.stringContaining("**failed** after")] }],
      "/output": [{ "TextLog:text": ["printed"], "TextLog:level": ["INFO"] }],
      "/errors": [
        { "TextLog:text": [expect.stringMatching(/the recordings differ in 1 place:[^]*some\.test\.mjs:\d+/)] },
      ],
    });
  });

  it.skipIf(missing !== undefined || chromiumPath() === undefined)(
    "Playwright has the matchers, and records the steps, the pages and the errors of the tests that fail",
    async () => {
      const { output, recordings } = await runTests(["node_modules/@playwright/test/cli.js", "test"], {
        "playwright.config.mjs": `export default { reporter: [["line"], ["@rerun-ts/testing/playwright-reporter"]],
          use: { trace: "retain-on-failure", screenshot: "only-on-failure", launchOptions: ${JSON.stringify(chromiumLaunchOptions())} } };`,
        "some.spec.mjs": `
          import { test } from "@playwright/test";
          import { expect } from "@rerun-ts/testing/playwright";
          import * as rr from "@rerun-ts/node";
          const rec = new rr.RecordingStream("a");
          ${TEST}
          test("passes", async () => {
            await expect(rec).toMatchRecording(rec);
            await expect(rec).not.toMatchRecording(other);
          });
          test("fails", async ({ page }) => {
            console.log("printed");
            await page.route("http://page.test/**", (route) => route.fulfill({ contentType: "text/html", body:
              "<h1>hello</h1><script>console.warn('warned'); setTimeout(() => { throw new Error('thrown') })</script>" }));
            await page.goto("http://page.test/");
            await test.step("look", () => expect(page.getByRole("heading")).toHaveText("hello"));
            await expect(rec).toMatchRecording(other);
          });`,
      });
      expect(output).toContain("/a at frame=1: `Scalars:scalars` is [1], expected [2]");
      expect(output).toMatch(/1 passed/);
      const [file = ""] = recordings;
      expect(recordings).toHaveLength(1);
      expect((await verifyRrd(file)).problems).toEqual([]);
      const contents = await recordingContents(file);
      const texts = (path: string): string[] =>
        (contents[path] ?? []).map((row) => JSON.stringify(row["TextLog:text"]).slice(2, -2));
      expect(texts("/steps")).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Navigate \(\d+ ms\) {2}some\.spec\.mjs:\d+$/),
          expect.stringMatching(/^look \(\d+ ms\) {2}some\.spec\.mjs:\d+$/),
        ]),
      );
      expect(texts("/output")).toContain("printed");
      expect(texts("/errors")).toEqual([expect.stringContaining("the recordings differ in 1 place")]);
      expect(texts("/console")).toEqual(
        expect.arrayContaining([expect.stringContaining("warned"), expect.stringContaining("thrown")]),
      );
      expect(texts("/network")).toEqual([expect.stringMatching(/^GET http:\/\/page\.test\/ → 200 \(/)]);
      expect(contents["/screen"]?.length).toBeGreaterThan(0);
      expect(Object.keys(contents)).toContain("/screenshots/screenshot");
    },
  );
});
