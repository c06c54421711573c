import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connectCatalog } from "@rerun-ts/catalog";
import { RecordingStream, Scalars, isRerunError } from "@rerun-ts/node";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { startNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import type { RunningViewer } from "@rerun-ts/test-support/viewers/viewer-report";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

describe.skipIf(missing !== undefined)("the native viewer as a catalog", () => {
  let folder: string;
  let running: RunningViewer;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    if (rerun === undefined) throw new Error(missing);
    running = await startNativeViewer(rerun);
  });
  afterAll(async () => {
    await running?.close();
    await removeTemporaryFolder(folder);
  });

  /** Records ten frames. Returns the path of the file. */
  async function record(recordingId: string): Promise<string> {
    const path = join(folder, `${recordingId}.rrd`);
    const rec = new RecordingStream("robot", { recordingId });
    await rec.save(path);
    for (let frame = 0; frame < 10; frame++) rec.log("a", new Scalars(frame), { time: { frame } });
    await rec.close();
    return path;
  }

  it("lists and queries the files that are open, registers others, and takes no uploads", async () => {
    const [one, two] = await Promise.all([record("one"), record("two")]);
    await running.open(one);
    using catalog = await connectCatalog(running.url);
    expect(await catalog.datasetNames()).toEqual(["robot"]);
    const dataset = await catalog.getDataset("robot");
    expect(await dataset.segmentIds()).toEqual(["one"]);
    expect(await dataset.register(pathToFileURL(two).href).wait()).toEqual(["two"]);
    expect((await dataset.query({ index: "frame", contents: "/a" }).toTable()).numRows).toBe(20);
    const segment = await dataset.segment("two");
    expect((await segment.query({ index: "frame", range: { from: 8 } }).toTable()).numRows).toBe(2);
    const refused = await dataset.upload(one, { key: "one.rrd" }).catch((error: unknown) => error);
    expect(isRerunError(refused) ? refused.code : refused).toBe("UNSUPPORTED");
  });
});
