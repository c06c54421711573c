import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fsStore } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";
import { PartFiles } from "../../src/keeper/part-files.ts";
import { keysIn, UploadedRecording } from "../stored-rows.ts";

const folder = makeTemporaryFolder({ ignore: (path) => path.includes("copies") });
afterAll(() => folder.remove());

describe("the copies of a keeper", () => {
  it("are found by the next one, also with shortened names and unfinished, and removed", async () => {
    const store = fsStore(join(folder.path, "store"));
    const monday = new UploadedRecording(store, join(folder.path, "spool"), "monday");
    await monday.logParts(1);
    await monday.recording.close();
    const [direct = ""] = await keysIn(store, "v1/fleet/direct/");
    const part = await store.read(direct);
    // Keys of object storage have longer segments than names of files may be.
    const long = direct.replace("monday", "x".repeat(240));
    const copies = join(folder.path, "copies");
    const files = new PartFiles(
      { url: "s3://bucket", read: async () => part, head: async () => undefined },
      copies,
      false,
    );
    const signal = new AbortController().signal;
    const paths: string[] = [];
    for (const key of [direct, long])
      paths.push(fileURLToPath(await files.prepare({ key, size: part.byteLength, recordingId: "monday" }, signal)));
    const drafts = ["00000002.rrd.0a1b", "00000003.rrd.0a1b"].map((name) => join(paths[1] ?? "", "..", name));
    for (const path of drafts) writeFileSync(path, part);
    const old = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(drafts[0] ?? "", old, old);
    mkdirSync(join(copies, "v1", "other"));

    await files.removeLeft("v1/fleet/", [long, "v1/fleet/direct/tuesday/robot-1/00000001.rrd"]);
    // Another keeper may be writing the second draft.
    expect([...paths, ...drafts].map((path) => existsSync(path))).toEqual([true, false, false, true]);
  });
});
