import { mkdir, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { FileSink, MemorySink, RecordingStream } from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { it } from "./harness/test.ts";
import { logRows } from "./programs/lib/rows.mjs";

describe("a file that is being written", () => {
  it.for([
    ["the same path", (file: string) => file],
    ["a relative path", (file: string) => relative(process.cwd(), file)],
    ["a roundabout path", (file: string) => file.replace("/real/", "/real/../real/")],
    ["a URL", (file: string) => pathToFileURL(file)],
    ["a symbolic link to its folder", (file: string) => file.replace("/real/", "/link/")],
  ] as const)("stays complete when `save` is called again with %s", async ([, spell], { folder, rerun }) => {
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "link"));
    const file = join(folder, "real/same.rrd");
    const recording = new RecordingStream("files");
    await recording.save(file);
    logRows(recording, 100);
    await recording.save(spell(file));
    logRows(recording, 100, 100);
    await recording.close();
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": 200 });
  });

  it("stays complete when it becomes one of several sinks", async ({ folder, rerun }) => {
    const file = join(folder, "same.rrd");
    const recording = new RecordingStream("files");
    await recording.save(file);
    logRows(recording, 100);
    await recording.setSinks([new MemorySink(), new FileSink(file)]);
    logRows(recording, 100, 100);
    await recording.setSinks([new FileSink(file)]);
    logRows(recording, 100, 200);
    await recording.close();
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual({ "/__properties": 1, "/rows": 300 });
  });

  it("is complete when it is replaced by another file, which has the later rows", async ({ folder, rerun }) => {
    const [first, second] = [join(folder, "first.rrd"), join(folder, "second.rrd")];
    const recording = new RecordingStream("files");
    await recording.save(first);
    logRows(recording, 100);
    await recording.save(second);
    await rerun.verify(first);
    expect(await rerun.rows(first)).toEqual({ "/__properties": 1, "/rows": 100 });
    logRows(recording, 50, 100);
    await recording.close();
    await rerun.verify(second);
    // Other than in the native SDKs, later sinks receive the properties of the recording too.
    expect(await rerun.rows(second)).toEqual({ "/__properties": 1, "/rows": 50 });
  });

  it("has all rows without a footer if `writeFooter` is false", async ({ folder, rerun }) => {
    const file = join(folder, "plain.rrd");
    const recording = new RecordingStream("files");
    await recording.save(file, { writeFooter: false });
    logRows(recording, 100);
    await recording.close();
    await expect(rerun.verify(file)).rejects.toThrow("Missing RRD footer");
    expect(await rerun.rowsAfterMerge(file)).toEqual({ "/__properties": 1, "/rows": 100 });
  });
});
