import { dirname, join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { RecordingStream, serve } from "@rerun-ts/node";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { logScene } from "../../examples/node/demo/scene.ts";
import { chromiumPath } from "@rerun-ts/test-support/setup/chromium";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { openInWebViewer } from "@rerun-ts/test-support/viewers/web-viewer";
import { expectDemo, IMAGE } from "./demo.ts";
import { sharedNativeViewer } from "./shared-viewers.ts";

const rerun = await findRerun();
const missing = {
  rerun: rerun === undefined ? "rerun-sdk is not there" : undefined,
  chromium: chromiumPath() === undefined ? "Chromium is not there" : undefined,
  vulkan: hasVulkan() ? undefined : "there is no Vulkan driver",
};
const [first] = Object.values(missing).filter((reason) => reason !== undefined);
if (first !== undefined && isCi) throw new Error(first);

describe("the demo, served by this program,", () => {
  let folder: string;
  let rec: RecordingStream;
  let server: serve.GrpcServer;
  let viewer: serve.WebViewerServer | undefined;

  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    rec = new RecordingStream("rerun_ts_demo", { recordingName: "A cube and its satellites" });
    server = await rec.serveGrpc({ port: 0 });
    await logScene(rec, () => {});
    await rec.flush({ ack: true });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await viewer?.close();
    await rec.close();
    await removeTemporaryFolder(folder);
  });

  it("is shown by the real web viewer, which this program also serves", async ({ skip }) => {
    const reason = missing.rerun ?? missing.chromium;
    skip(reason !== undefined, reason);
    if (rerun === undefined) throw new Error(reason);
    vi.stubEnv("RERUN_CLI_PATH", undefined);
    vi.stubEnv("PATH", `${dirname(rerun.rerun)}:${process.env["PATH"]}`);
    vi.stubEnv("XDG_CACHE_HOME", folder);
    viewer = await serve.serveWebViewer({ webPort: 0, openBrowser: false, assets: "rerun" });
    const images = [{ path: join(folder, "web.png"), ...IMAGE }];
    expectDemo(await openInWebViewer(rerun, server.url, { images, viewer: viewer.url }));
  });

  it("is shown by the real native viewer", async ({ skip }) => {
    const reason = missing.rerun ?? missing.vulkan;
    skip(reason !== undefined, reason);
    if (rerun === undefined) throw new Error(reason);
    const native = await sharedNativeViewer(rerun);
    await native.open(server.url);
    expectDemo(await native.report({ images: [{ path: join(folder, "native.png"), ...IMAGE }] }));
  });
});
