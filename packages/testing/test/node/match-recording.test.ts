import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { matchers } from "@rerun-ts/testing";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
afterEach(() => vi.unstubAllEnvs());

function recording(value: number): RecordingStream {
  const rec = new RecordingStream("match");
  rec.log("a", new Scalars(value), { static: true });
  return rec;
}

/** The matcher as Vitest calls it with a mode of updates. */
async function match(
  value: number,
  path: string,
  mode: "all" | "new" | "none",
  isNot = false,
): Promise<[boolean, string]> {
  const context = { isNot, snapshotState: { _updateSnapshot: mode } };
  const { pass, message } = await matchers.toMatchRecording.call(context, recording(value), path);
  return [pass, message()];
}

describe("toMatchRecording", () => {
  it("writes a missing file in the first run, and replaces one that differs with -u", async () => {
    const path = join(folder.path, "stored/expected.rrd");
    expect(await match(1, path, "none")).toEqual([false, expect.stringContaining("there is no recording")]);
    expect(await match(1, path, "new", true)).toEqual([false, expect.stringContaining("there is no recording")]);
    expect(existsSync(path)).toBe(false);
    expect(await match(1, path, "new")).toEqual([true, `the recording ${path} was written`]);
    const written = readFileSync(path);
    expect((await match(1, path, "none"))[0]).toBe(true);
    expect(await match(2, path, "new")).toEqual([false, expect.stringMatching(/differ[^]*Run the test with -u/)]);
    expect(readFileSync(path)).toEqual(written);
    expect(await match(2, path, "all")).toEqual([true, `the recording ${path} was written`]);
    expect((await match(2, path, "none"))[0]).toBe(true);
    // One that is equal stays as it is, with its ids and times.
    const replaced = readFileSync(path);
    await match(2, path, "all");
    expect(readFileSync(path)).toEqual(replaced);
  });
});
