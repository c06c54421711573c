import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { viewerControlService } from "@rerun-ts/core/viewer-control";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { chromiumLaunchOptions, chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { ensureWheel } from "@rerun-ts/test-support/setup/web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { chromium, type Browser, type Frame, type Response } from "playwright";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const rerun = await findRerun();
const noChromium = chromiumPath() === undefined ? "Chromium is not there" : undefined;
const missing = rerun === undefined ? "rerun-sdk is not there" : noChromium;
if (missing !== undefined && isCi) throw new Error(missing);

const COMMAND = join(root, "packages/cli/dist/bundle/main.js");
const FRAMES = 30;
const SHOWN_MS = 30_000;

/** The handles of the viewer that pages provide: the page of `rerun`, and the one for the npm package. */
declare global {
  var _viewer:
    | {
        get_active_recording_id(): string | null;
        get_active_timeline(recording: string): string | null;
        get_current_time(recording: string, timeline: string): number;
        get_playing(recording: string): boolean | null;
        get_state?(): Promise<{
          readonly recordings: readonly {
            readonly current_time?: { readonly timeline: string; readonly time: bigint };
          }[];
          readonly viewer_version?: string;
        }>;
      }
    | undefined;
}

async function bytesAt(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

describe.skipIf(missing !== undefined)("rerun-ts view", () => {
  let folder: string;
  let file: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    file = join(folder, "link.rrd");
    const recording = new RecordingStream("link");
    await recording.save(file);
    for (let frame = 0; frame < FRAMES; frame++) {
      recording.setTime("frame", frame);
      recording.log("curve", new Scalars(frame));
    }
    await recording.close();
    browser = await chromium.launch(chromiumLaunchOptions());
  });
  afterAll(async () => {
    await browser?.close();
    await removeTemporaryFolder(folder);
  });

  /** Starts the command, and returns the link that it prints. pip finds the wheel in a folder, and asks no server. */
  async function linkOf(args: readonly string[], wheels: string): Promise<string> {
    const pip = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
    const env = { ...process.env, ...pip, RERUN_CLI_PATH: rerun?.rerun, XDG_CACHE_HOME: folder };
    const command = spawn(process.execPath, [COMMAND, "view", "--no-open", "--port", "0", ...args], { env });
    onTestFinished(async () => {
      command.kill("SIGINT");
      await once(command, "close");
    });
    let output = "";
    for await (const data of command.stdout) if (/http\S+\n/.test((output += data))) break;
    return /http\S+/.exec(output)?.[0] ?? "";
  }

  /** Opens the link that the command prints, and returns the frame of the viewer. */
  async function view(args: readonly string[], onResponse: (response: Response) => void = () => {}): Promise<Frame> {
    const link = await linkOf(args, dirname(await ensureWheel()));
    const page = await browser.newPage({ viewport: { width: 400, height: 300 } });
    onTestFinished(() => page.close());
    await silenceDebug(page);
    page.on("response", onResponse);
    await page.goto(link);
    const frame = page.frames()[1];
    if (frame === undefined) throw new Error("the page has no viewer");
    return frame;
  }

  it("shows the time of a link in the viewer of Rerun", async () => {
    const frame = await view([`file://${file}#when=frame@7`]);
    const { input, output } = viewerControlService.method.viewerControl;
    const request = Array.from(toBinary(input, create(input, { kind: { case: "getState", value: {} } })));
    const shown = async (): Promise<unknown> => {
      const answer = await frame.evaluate(
        async (bytes) => Array.from((await globalThis._handle?.viewer_control(Uint8Array.from(bytes))) ?? []),
        request,
      );
      const { kind } = fromBinary(output, Uint8Array.from(answer));
      const [recording] = kind.case === "getState" ? kind.value.recordings : [];
      return [recording?.currentTime?.timeline?.name, recording?.currentTime?.time?.time];
    };
    await expect.poll(shown, { timeout: SHOWN_MS }).toEqual(["frame", 7n]);
    // The viewer does not play on from there.
    await frame.page().waitForTimeout(500);
    expect(await shown()).toEqual(["frame", 7n]);
  });

  it("shows the time of a link in the viewer that it downloads once", async () => {
    const args = ["--assets", "pypi", `${file}#when=frame@7`];
    const parts = new Set<string>();
    const frame = await view(args, (response) => {
      const url = response.url();
      if (response.ok() && url.startsWith("http") && !url.includes("link.rrd")) parts.add(url);
    });
    const shown = (): Promise<unknown> =>
      frame.evaluate(async () => {
        const { recordings = [], viewer_version } = (await globalThis._viewer?.get_state?.()) ?? {};
        const [{ current_time: current } = {}] = recordings;
        return [viewer_version, current?.timeline, Number(current?.time)];
      });
    await expect.poll(shown, { timeout: SHOWN_MS }).toEqual(["0.41.0", "frame", 7]);
    // The next time pip finds nothing, and the same viewer is there.
    const link = new URL(await linkOf(args, folder));
    expect(parts.size).toBeGreaterThan(1);
    for (const part of parts) {
      const [first, again] = await Promise.all([part, new URL(new URL(part).pathname, link).href].map(bytesAt));
      expect(first?.length).toBeGreaterThan(0);
      expect(again?.equals(first ?? Buffer.alloc(0)), part).toBe(true);
    }
    expect(await readdir(join(folder, "rerun-ts/web-viewer"))).toContainEqual(
      expect.stringMatching(/^wheel-0\.41\.0-/),
    );
  });

  it("shows the time of a link in the viewer of the npm package", async () => {
    const frame = await view(["--assets", "npm", `${file}#when=frame@7`]);
    const shown = (): Promise<unknown> =>
      frame.evaluate(() => {
        const viewer = globalThis._viewer;
        const recording = viewer?.get_active_recording_id();
        if (viewer === undefined || typeof recording !== "string") return undefined;
        return [viewer.get_active_timeline(recording), viewer.get_current_time(recording, "frame")];
      });
    await expect.poll(shown, { timeout: SHOWN_MS }).toEqual(["frame", 7]);
  });
});
