import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeRrd } from "@rerun-ts/core/decode";
import { FileSink, MemorySink, RecordingStream, Scalars, type RerunError } from "@rerun-ts/node";
import { afterAll, describe, expect, it } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** A recording that keeps what it tells. */
function record(): { recording: RecordingStream; errors: RerunError[] } {
  const errors: RerunError[] = [];
  return {
    recording: new RecordingStream("files", { onError: (error) => errors.push(error), onWarning: () => {} }),
    errors,
  };
}

function kindsIn(path: string): string[] {
  return decodeRrd(readFileSync(path)).map(({ kind }) => kind);
}

describe("save", () => {
  it("has made the file when it returns, with what was logged before", async () => {
    const { recording } = record();
    recording.log("row", new Scalars(1));
    const path = join(folder.path, "at-once.rrd");
    void recording.save(path);
    expect(kindsIn(path)).toEqual(["storeInfo", "chunk", "chunk"]);
    await recording.close();
  });

  it("writes what is flushed before flush returns", async () => {
    const { recording } = record();
    const path = join(folder.path, "flushed.rrd");
    void recording.save(path);
    const before = kindsIn(path);
    recording.log("row", new Scalars(1));
    void recording.flush();
    expect(kindsIn(path)).toEqual([...before, "chunk"]);
    await recording.close();
  });

  it("empties a file that is there", async () => {
    const path = join(folder.path, "old.rrd");
    writeFileSync(path, new Uint8Array(1_000_000));
    const { recording } = record();
    await recording.save(path);
    await recording.close();
    expect(kindsIn(path)).toEqual(["storeInfo", "chunk", "end"]);
  });

  it.for([
    ["nothing", undefined],
    ["an empty path", ""],
    ["a number", 1],
    ["a URL of no file", new URL("http://localhost/x.rrd")],
  ] as const)("refuses %s as a path", async ([, path]) => {
    const { recording, errors } = record();
    await expect(recording.save(path as string)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(recording.state).toBe("buffering");
    expect(errors).toHaveLength(1);
  });

  it("rejects when the recording is closed, and touches no file", async () => {
    const { recording } = record();
    await recording.close();
    const path = join(folder.path, "late.rrd");
    await expect(recording.save(path)).rejects.toMatchObject({ code: "CLOSED" });
    expect(existsSync(path)).toBe(false);
  });
});

describe("FileSink", () => {
  it("is refused twice for one file, however it is spelled, and the file stays as it is", async () => {
    const path = join(folder.path, "twice.rrd");
    writeFileSync(path, "as it is");
    for (const spelling of [relative(process.cwd(), path), pathToFileURL(path)]) {
      const { recording } = record();
      const sinks = [new FileSink(path), new FileSink(spelling)];
      await expect(recording.setSinks(sinks)).rejects.toMatchObject({ code: "DUPLICATE_SINK" });
      expect(readFileSync(path, "utf8")).toBe("as it is");
    }
  });

  it.skipIf(!existsSync("/proc/self/fd"))("lets go of its file, however that comes", async () => {
    const openFiles = (): number => readdirSync("/proc/self/fd").length;
    const before = openFiles();
    for (let round = 0; round < 20; round++) {
      const { recording } = record();
      await recording.save(join(folder.path, `${round}-a.rrd`));
      await recording.setSinks([new FileSink(join(folder.path, `${round}-b.rrd`)), new MemorySink()]);
      const sinks = [new FileSink(join(folder.path, `${round}-c.rrd`)), new FileSink(join(folder.path, "none/x.rrd"))];
      await expect(recording.setSinks(sinks)).rejects.toMatchObject({ code: "FILE" });
      await recording.save("/dev/full").catch(() => {});
      await recording.close();
    }
    expect(openFiles()).toBeLessThanOrEqual(before + 2);
  });
});

describe("recordings with files", () => {
  it("share one listener for the end of the process, and take it away with the last of them", async () => {
    const count = (): number => process.listenerCount("exit") + process.listenerCount("beforeExit");
    const before = count();
    const recordings = Array.from({ length: 20 }, () => record().recording);
    for (const [index, recording] of recordings.entries()) {
      await recording.save(join(folder.path, `shared-${index}.rrd`));
      expect(count()).toBe(before + 2);
    }
    for (const recording of recordings.slice(1)) await recording.close();
    expect(count()).toBe(before + 2);
    await recordings[0]?.disconnect();
    expect(count()).toBe(before);
  });
});
