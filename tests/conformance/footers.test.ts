// Footers with timelines that Rerun may not be able to tell apart, judged by `rerun rrd verify`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyRrd } from "@rerun-ts/reading";
import { MemorySink } from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import * as rr from "@rerun-ts/node";
import { run } from "@rerun-ts/test-support/node/run";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { needRerun, realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { afterAll, expect, test, vi } from "vitest";
import { rerunRrd } from "./harness/real-rerun.ts";

/** Names of timelines, and whether Rerun reads a footer with them. The last ones are those of components on `a`. */
const TIMELINES: readonly (readonly [names: readonly string[], isReadable: boolean])[] = [
  [["log time"], false],
  [["sim time", "sim_time"], false],
  [["x.y", "x-y"], false],
  [["x,y", "x\\y"], false],
  [["_x", "x"], false],
  [["__", "_"], false],
  [["x:y", "x_y"], true],
  [["x/y", "x_y"], true],
  [["X", "x"], true],
  [["x", "x:start"], true],
  [["chunk_id", "chunk"], true],
  [["a", "a:Scalars:scalars"], false],
  [["a", "a:extra 1"], false],
  [["a", "a:Scalars:scalars:start"], true],
];

const folder = makeTemporaryFolder({ ignore: (path) => path.startsWith("refused") });
afterAll(folder.remove);

test("a footer is left out, with a warning, exactly if Rerun could not read it", async (context) => {
  needRerun(context);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const [whole, conflicting] = [[] as string[], [] as string[]];
  for (const [number, [names, isReadable]] of TIMELINES.entries()) {
    const recording = new rr.RecordingStream("footers", { recordingId: `${number}` });
    const memory = new MemorySink();
    await recording.setSink(memory);
    for (const [index, name] of names.entries()) recording.setTime(name, index);
    recording.log("/x", [new rr.Scalars(1), new rr.AnyValues({ extra_1: 2 })]);
    const messages = memory.readMessages();
    const path = join(folder.path, `${isReadable ? "read" : "refused"}-${number}.rrd`);
    // As programs write it that know nothing of this.
    await writeFile(path, encodeRrd(messages, { allowConflicts: true }));
    (isReadable ? whole : conflicting).push(path);
    const { problems } = await verifyRrd(path);
    expect(problems.length, names.join()).toBe(isReadable ? 0 : 1);
    warn.mockClear();
    const { problems: left } = await verifyRrd(encodeRrd(messages));
    expect(left.map(({ reason }) => reason)).toEqual(isReadable ? [] : [expect.stringMatching(/^there is no footer/)]);
    expect(warn.mock.calls.length, names.join()).toBe(isReadable ? 0 : 1);
  }
  warn.mockRestore();
  await rerunRrd("verify", ...whole);
  const { output } = await run(realRerun().rerun, ["rrd", "verify", ...conflicting], { capture: true });
  for (const path of conflicting) expect(output).toContain(`"${path}": Corrupt RRD manifest`);
});
