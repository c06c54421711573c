import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as rr from "@rerun-ts/node";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 1, 0]);
const FILES = {
  "package.json": JSON.stringify({ name: "@rerun-io/web-viewer", version: rr.RERUN_VERSION }),
  "index.js": "class WebViewer {}\nexport { WebViewer };",
  "re_viewer.js": "export default function () {}",
  "re_viewer_bg.wasm": WASM,
} as const;

let folder: string;
let rrd: string;

beforeAll(async () => {
  folder = makeTemporaryFolder().path;
  rrd = join(folder, "run.rrd");
  const rec = new rr.RecordingStream("run");
  await rec.save(rrd);
  rec.log("x", new rr.Scalars(1));
  await rec.close();
});
afterAll(() => removeTemporaryFolder(folder));

/** Writes the files of a viewer, some of them with other contents, or none for `undefined`. */
function viewerIn(name: string, others: Readonly<Record<string, string | Uint8Array | undefined>> = {}): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, contents] of Object.entries({ ...FILES, ...others }))
    if (contents !== undefined) writeFileSync(join(place, file), contents);
  return place;
}

describe("recordingToHtml", () => {
  it("takes a path, a URL, bytes, and a recording in memory", async () => {
    const viewerFiles = viewerIn("viewer");
    const rec = new rr.RecordingStream("memory");
    const memory = rec.memoryRecording();
    rec.log("x", new rr.Scalars(1));
    const page = await rr.viewer.recordingToHtml([rrd, pathToFileURL(rrd), rec], { viewerFiles });
    expect((await page.text()).match(/"name":"recording \d"/g)).toHaveLength(3);
    expect(memory.numMessages).toBeGreaterThan(0);
    expect((await rr.viewer.recordingToHtml(memory.drainAsBytes(), { viewerFiles })).size).toBeGreaterThan(0);
  });

  it("rejects viewers that lack a file, are truncated, or have another version, and names the command", async () => {
    const cases: [Readonly<Record<string, string | Uint8Array | undefined>>, string, string][] = [
      [{ "re_viewer.js": undefined }, "NOT_FOUND", "re_viewer.js cannot be read"],
      [{ "index.js": "class WebViewer {" }, "INVALID_FORMAT", "index.js of"],
      [{ "re_viewer_bg.wasm": WASM.slice(0, 10) }, "INVALID_FORMAT", "re_viewer_bg.wasm of"],
      [{ "package.json": '{"version":"0.33.0"}' }, "UNSUPPORTED", "has version 0.33.0, but pages need version"],
    ];
    for (const [index, [others, code, message]] of cases.entries()) {
      const making = rr.viewer.recordingToHtml(rrd, { viewerFiles: viewerIn(`wrong-${index}`, others) });
      await expect(making).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      await expect(making).rejects.toThrow("`rerun-ts viewer-files FOLDER` writes");
    }
    await expect(rr.viewer.recordingToHtml(rrd, { viewerFiles: join(folder, "nowhere") })).rejects.toMatchObject({
      code: "NOT_FOUND",
      argument: "viewerFiles",
    });
  });

  it("rejects files that are too large or no recordings before it looks for a viewer", async () => {
    const viewerFiles = join(folder, "nowhere");
    const cut = join(folder, "cut.bin");
    writeFileSync(cut, "RRF2 and more");
    truncateSync(cut, 5);
    const cases: [string | URL, rr.viewer.RecordingToHtmlOptions, string, string][] = [
      [rrd, { maxBytes: 10 }, "INVALID_ARGUMENT", "but `maxBytes` is 10"],
      [cut, {}, "INVALID_FORMAT", "one of 5 bytes"],
      [join(folder, "no.rrd"), {}, "IO_ERROR", "no such file"],
      [new URL("https://a.example/run.rrd"), {}, "INVALID_ARGUMENT", "`file:` URLs"],
      [rrd, { viewer: "viewer" }, "INVALID_ARGUMENT", "`viewer` must be the URL of a folder"],
    ];
    for (const [recording, options, code, message] of cases) {
      const all = "viewer" in options ? options : { viewerFiles, ...options };
      await expect(rr.viewer.recordingToHtml(recording, all)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
    }
  });
});
