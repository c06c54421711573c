import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { compareRrd } from "@rerun-ts/reading";
import { decodeRrd } from "@rerun-ts/core/decode";
import { FileSink, MemorySink, RecordingStream, Scalars, type RerunError } from "@rerun-ts/node";
import { afterAll, describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** A recording, and the errors that it reports. */
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
  it("creates the file before it returns, with the data that was logged before", async () => {
    const { recording } = record();
    recording.log("row", new Scalars(1));
    const path = join(folder.path, "at-once.rrd");
    void recording.save(path);
    expect(kindsIn(path)).toEqual(["storeInfo", "chunk", "chunk"]);
    await recording.close();
  });

  it("writes flushed rows before flush returns", async () => {
    const { recording } = record();
    const path = join(folder.path, "flushed.rrd");
    void recording.save(path);
    const before = kindsIn(path);
    recording.log("row", new Scalars(1));
    void recording.flush();
    expect(kindsIn(path)).toEqual([...before, "chunk"]);
    await recording.close();
  });

  it("writes the rows of many entities before flush returns, small and large ones in order", async () => {
    const { recording } = record();
    const path = join(folder.path, "entities.rrd");
    void recording.save(path);
    // Together more than is held back, with messages between them that are written on their own.
    const rows = Array.from({ length: 500 }, (_, row) => ({
      entityPath: `/${"e".repeat(1 + (row % 90))}${row}`,
      values: Array.from({ length: row % 100 === 0 ? 4000 : 1 }, () => Math.sqrt(row)),
    }));
    for (const { entityPath, values } of rows) recording.log(entityPath, new Scalars(values));
    void recording.flush();
    const chunks = readChunks(readFileSync(path));
    const written = chunks.map(({ entityPath, components }) => ({
      entityPath,
      values: components["Scalars:scalars"]?.[0],
    }));
    await recording.close();
    expect(written).toEqual(rows);
  });

  it("truncates an existing file", async () => {
    const path = join(folder.path, "old.rrd");
    writeFileSync(path, new Uint8Array(1_000_000));
    const { recording } = record();
    await recording.save(path);
    await recording.close();
    expect(kindsIn(path)).toEqual(["storeInfo", "chunk", "end"]);
  });

  it.for([
    ["undefined", undefined],
    ["an empty path", ""],
    ["a number", 1],
    ["a URL that is not a file URL", new URL("http://localhost/x.rrd")],
    ["the address of a bucket", "s3://bucket/x.rrd"],
  ] as const)("rejects %s as a path", async ([, path]) => {
    const { recording, errors } = record();
    await expect(recording.save(path as string)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", argument: "path" });
    expect(recording.state).toBe("buffering");
    expect(errors).toHaveLength(1);
  });

  it("rejects for a closed recording, and creates no file", async () => {
    const { recording } = record();
    await recording.close();
    const path = join(folder.path, "late.rrd");
    await expect(recording.save(path)).rejects.toMatchObject({ code: "CLOSED" });
    expect(existsSync(path)).toBe(false);
  });
});

describe("FileSink", () => {
  it("is rejected twice for one file, however its path is spelled, and the file stays unchanged", async () => {
    const path = join(folder.path, "twice.rrd");
    writeFileSync(path, "as it is");
    for (const spelling of [relative(process.cwd(), path), pathToFileURL(path)]) {
      const { recording } = record();
      const sinks = [new FileSink(path), new FileSink(spelling)];
      await expect(recording.setSinks(sinks)).rejects.toMatchObject({ code: "DUPLICATE_SINK" });
      expect(readFileSync(path, "utf8")).toBe("as it is");
    }
  });

  it.skipIf(!existsSync("/proc/self/fd"))("closes its file descriptor after every kind of end", async () => {
    const openFiles = (): number => readdirSync("/proc/self/fd").length;
    const before = openFiles();
    for (let round = 0; round < 20; round++) {
      const { recording } = record();
      await recording.save(join(folder.path, `${round}-a.rrd`));
      await recording.setSinks([new FileSink(join(folder.path, `${round}-b.rrd`)), new MemorySink()]);
      const sinks = [new FileSink(join(folder.path, `${round}-c.rrd`)), new FileSink(join(folder.path, "none/x.rrd"))];
      await expect(recording.setSinks(sinks)).rejects.toMatchObject({ code: "IO_ERROR" });
      await recording.save("/dev/full").catch(() => {});
      await recording.close();
    }
    expect(openFiles()).toBeLessThanOrEqual(before + 2);
  });
});

describe("a path that is saved to", () => {
  const logRow = (recording: RecordingStream, row: number): void => {
    recording.setTime("row", row);
    recording.log("rows", new Scalars(row));
  };
  const rowsIn = (path: string): number[] =>
    valuesOf(readFileSync(path), "/rows", "Scalars:scalars").flat() as number[];

  it.for([
    ["removed", (path: string) => rmSync(path)],
    ["renamed, as log rotation does", (path: string) => renameSync(path, `${path}.1`)],
  ] as const)("is created anew if it was %s", async ([, lose]) => {
    const path = join(folder.path, "gone.rrd");
    const { recording } = record();
    await recording.save(path);
    logRow(recording, 1);
    await recording.flush();
    lose(path);
    logRow(recording, 2);
    await recording.save(path);
    logRow(recording, 3);
    await expect(recording.close()).resolves.toMatchObject({ complete: true });
    expect(rowsIn(path)).toEqual([2, 3]);
    expect(kindsIn(path)).toContain("storeInfo");
  });

  it("ends its sink with an error if it was removed, which counts all rows, until it is set again", async () => {
    const path = join(folder.path, "removed.rrd");
    const { recording, errors } = record();
    await recording.save(path);
    logRow(recording, 1);
    await recording.flush();
    rmSync(path);
    logRow(recording, 2);
    const failure = { code: "IO_ERROR", message: expect.stringMatching(/was removed.*set its sink again/) };
    for (let time = 0; time < 2; time++) await expect(recording.flush()).rejects.toMatchObject(failure);
    expect(errors).toMatchObject([failure]);
    // And the row with the properties of the recording.
    expect([recording.state, recording.stats().droppedRows]).toEqual(["broken", 3]);
    await recording.save(path);
    logRow(recording, 3);
    await recording.close();
    expect(rowsIn(path)).toEqual([3]);
  });

  it("cannot be saved to by two recordings at the same time, also through a link", async () => {
    const path = join(folder.path, "shared.rrd");
    const [{ recording: first }, { recording: second, errors }] = [record(), record()];
    await first.save(path);
    logRow(first, 1);
    const link = join(folder.path, "link.rrd");
    linkSync(path, link);
    for (const spelling of [path, link]) {
      await expect(second.save(spelling)).rejects.toMatchObject({
        code: "IO_ERROR",
        message: expect.stringContaining("another recording of this program is writing to it; close it first"),
      });
    }
    expect(errors).toHaveLength(2);
    await first.close();
    expect(rowsIn(path)).toEqual([1]);
    await second.save(path);
    await second.close();
    expect(rowsIn(path)).toEqual([]);
  });

  it("is not changed if another sink of the set cannot be opened", async () => {
    const [path, fresh, empty] = ["precious.rrd", "fresh.rrd", "empty.rrd"].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(path, "precious");
    writeFileSync(empty, "");
    const { recording } = record();
    const sinks = [path, fresh, empty, join(folder.path, "none/x.rrd")].map((file) => new FileSink(file));
    await expect(recording.setSinks(sinks)).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readFileSync(empty, "utf8")).toBe("");
    expect(existsSync(fresh)).toBe(false);
    await recording.close();
  });

  it("must have a known policy for `fsync`", () => {
    expect(() => new FileSink("x.rrd", { fsync: "always" as "never" })).toThrow(
      '`fsync` must be one of "never", "interval", "every-ack", got "always"',
    );
  });
});

describe("a FileSink", () => {
  it("that is set for a second recording is refused, and the file of the first one stays", async () => {
    const path = join(folder.path, "both.rrd");
    const [first, second] = [record().recording, record().recording];
    const sink = new FileSink(path);
    await first.setSink(sink);
    first.log("row", new Scalars(1));
    await first.flush();
    await expect(second.setSink(sink)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    first.log("row", new Scalars(2));
    expect(await first.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(valuesOf(readFileSync(path), "/row", "Scalars:scalars")).toEqual([[1], [2]]);
    await expect(second.setSink(sink)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("breaks before it writes into what another thread has written, and counts what is gone", async () => {
    const path = join(folder.path, "threads.rrd");
    const { recording, errors } = record();
    await recording.save(path);
    for (let row = 0; row < 100; row++) recording.log("main", new Scalars(row));
    await recording.flush();
    const worker = new Worker(
      `import(${JSON.stringify(import.meta.resolve("@rerun-ts/node"))}).then(async (rr) => {
        const recording = new rr.RecordingStream("thread");
        await recording.save(${JSON.stringify(path)});
        for (let row = 0; row < 200; row++) recording.log("thread", new rr.Scalars(row));
        await recording.close();
      })`,
      { eval: true },
    );
    await once(worker, "exit");
    recording.log("main", new Scalars(100));
    await expect(recording.close()).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining("another program writes to it"),
    });
    expect(errors).toHaveLength(1);
    // With the properties.
    expect(recording.stats().droppedRows).toBe(102);
    const chunks = readChunks(readFileSync(path));
    expect(chunks.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
    expect(kindsIn(path).at(-1)).toBe("end");
  });

  it.for(["flush", "close"] as const)(
    "says by `%s` that its file was removed, and counts what is gone",
    async (call) => {
      const path = join(folder.path, "gone.rrd");
      const { recording } = record();
      await recording.save(path);
      for (let row = 0; row < 10; row++) recording.log("row", new Scalars(row));
      await recording.flush();
      rmSync(path);
      await expect(recording[call]()).rejects.toMatchObject({
        code: "IO_ERROR",
        message: expect.stringContaining("it was removed while it was written"),
      });
      expect(recording.stats().droppedRows).toBe(11);
      await recording.close().catch(() => {});
    },
  );

  it("that stays says once which other options are ignored", async () => {
    const path = join(folder.path, "options.rrd");
    const warnings: string[] = [];
    const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
    await recording.save(path);
    for (let time = 0; time < 2; time++) await recording.save(path, { writeFooter: false, fsync: "interval" });
    expect(warnings).toEqual([expect.stringMatching(/options.rrd is in use.*`writeFooter`, `fsync`/)]);
    await recording.close();
    expect(kindsIn(path).at(-1)).toBe("end");
  });

  it("can be followed at once by another one for the same path", async () => {
    const path = join(folder.path, "again.rrd");
    const { recording, errors } = record();
    await recording.save(path);
    recording.log("row", new Scalars(1));
    void recording.disconnect();
    await recording.save(path);
    recording.log("row", new Scalars(2));
    await recording.close();
    expect(errors).toEqual([]);
    expect(valuesOf(readFileSync(path), "/row", "Scalars:scalars")).toEqual([[2]]);
  });
});

it("a file that could neither be written nor truncated can be saved again", async () => {
  const path = join(folder.path, "lost.rrd");
  const { recording, errors } = record();
  await recording.save(path);
  recording.log("row", new Scalars(1));
  await recording.flush();
  // Stands for a disk that fails.
  const descriptors = readdirSync("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`) === path);
  for (const fd of descriptors) closeSync(Number(fd));
  recording.log("row", new Scalars(2));
  await expect(recording.flush()).rejects.toMatchObject({ code: "IO_ERROR" });
  expect(errors).toHaveLength(1);
  await recording.close().catch(() => {});
  const next = record().recording;
  await next.save(path);
  await next.close();
});

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

describe("several recordings with files", () => {
  it("share one pair of exit listeners, which is removed with the last recording", async () => {
    const count = (): number => process.listenerCount("exit") + process.listenerCount("beforeExit");
    const recordings = Array.from({ length: 20 }, () => record().recording);
    // One more listener reports recordings that never had a sink, such as these.
    const before = count();
    for (const [index, recording] of recordings.entries()) {
      await recording.save(join(folder.path, `shared-${index}.rrd`));
      if (index < recordings.length - 1) expect(count()).toBe(before + 2);
    }
    const after = count() - 2;
    for (const recording of recordings.slice(1)) await recording.close();
    expect(count()).toBe(after + 2);
    await recordings[0]?.close();
    expect(count()).toBe(after);
  });
});

describe("a file with `optimizeOnClose`", () => {
  it("is set again after another one, without waiting, and has the rows since then", async () => {
    const [one, two] = ["again-one.rrd", "again-two.rrd"].map((name) => join(folder.path, name)) as [string, string];
    const recording = new RecordingStream("again", { onError: (error) => expect.fail(error.message) });
    const setting = [one, two, one].map((path, index) => {
      const set = recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
      for (let row = 0; row < 50; row++) recording.log("x", new Scalars(row), { time: { row: index * 50 + row } });
      return set;
    });
    await Promise.all(setting);
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    const rowsIn = (path: string): number[] =>
      readChunks(readFileSync(path)).flatMap(({ times }) => (times["row"] ?? []).map(Number));
    expect(rowsIn(two)).toEqual(Array.from({ length: 50 }, (_, row) => 50 + row));
    expect(rowsIn(one)).toEqual(Array.from({ length: 50 }, (_, row) => 100 + row));
  });

  it("is closed without reading it again, with a warning, if it is a pipe", async () => {
    const pipe = join(folder.path, "pipe.rrd");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const reader = new Worker(
      `const { readFileSync } = require("node:fs"); require("node:worker_threads").parentPort.postMessage(readFileSync(${JSON.stringify(pipe)}));`,
      { eval: true },
    );
    const received = once(reader, "message");
    const warnings: string[] = [];
    const recording = new RecordingStream("pipe", { onWarning: ({ message }) => warnings.push(message) });
    await recording.setSinks([new FileSink(pipe, { optimizeOnClose: true })]);
    recording.log("x", new Scalars(1));
    expect(await recording.close()).toMatchObject({ complete: true });
    const [bytes] = (await received) as [Uint8Array];
    expect(valuesOf(bytes, "/x", "Scalars:scalars")).toEqual([[1]]);
    expect(warnings).toEqual([`${pipe} is a pipe or a device, so it is not optimized`]);
  });

  it("is not opened by another recording before it is optimized", async () => {
    const path = join(folder.path, "optimized-once.rrd");
    const recording = new RecordingStream("optimize", { recordingId: "first" });
    await recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
    for (let frame = 0; frame < 300; frame++) recording.log("x", new Scalars(frame), { time: { frame } });
    const closing = recording.close();
    const other = new RecordingStream("optimize", { recordingId: "second" });
    // Opening begins in the same turn, and in later ones, in which the file is optimized.
    let saved = "rejected";
    for (let turn = 0; turn < 20 && saved === "rejected"; turn++) {
      saved = await other.setSinks([new FileSink(path)]).then(
        () => "saved",
        (error: unknown) => {
          expect(String(error)).toContain("another recording of this program is writing to it");
          return "rejected";
        },
      );
    }
    expect((await closing).complete).toBe(true);
    if (saved === "rejected") await other.setSinks([new FileSink(path)]);
    other.log("y", new Scalars(1));
    expect((await other.close()).complete).toBe(true);
    const written = readFileSync(path, "latin1");
    expect([written.includes("first"), written.includes("second"), kindsIn(path).at(-1)]).toEqual([false, true, "end"]);
  });

  it("has few large chunks with the same rows after it was closed", async () => {
    const [plain, optimized] = ["plain.rrd", "optimized.rrd"].map((name) => join(folder.path, name)) as [
      string,
      string,
    ];
    const recording = new RecordingStream("files", { batcher: { flushNumRows: 0 } });
    await recording.setSinks([new FileSink(plain), new FileSink(optimized, { optimizeOnClose: "live" })]);
    for (let frame = 0; frame < 20; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", new Scalars(frame));
    }
    await recording.flush();
    expect(kindsIn(optimized).length).toBeGreaterThan(20);
    await recording.close();
    expect(kindsIn(optimized)).toEqual(["storeInfo", "chunk", "chunk", "end"]);
    expect(await compareRrd(optimized, plain, { ids: true })).toMatchObject({ isEqual: true, numRows: 21 });
    expect(readdirSync(folder.path).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("warns and keeps what was logged if it cannot be optimized", async () => {
    const path = join(folder.path, "gone.rrd");
    const warnings: string[] = [];
    const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
    await recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
    recording.log("a", new Scalars(1));
    await recording.flush();
    // The name of the partial file is taken.
    mkdirSync(`${path}.${process.pid}.partial`);
    await recording.close();
    rmdirSync(`${path}.${process.pid}.partial`);
    expect(warnings).toEqual([expect.stringContaining("could not be optimized, and stays as it was logged: EISDIR")]);
    expect(kindsIn(path).at(-1)).toBe("end");
  });

  it("stays behind a symbolic link, with its permissions", async () => {
    const [path, link] = [join(folder.path, "optimized.rrd"), join(folder.path, "optimized-link.rrd")];
    writeFileSync(path, "");
    chmodSync(path, 0o600);
    symlinkSync("optimized.rrd", link);
    const recording = new RecordingStream("files", { batcher: { flushNumRows: 0 } });
    await recording.setSinks([new FileSink(link, { optimizeOnClose: true })]);
    recording.log("a", new Scalars(1));
    recording.log("a", new Scalars(2));
    await recording.close();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(kindsIn(path)).toEqual(["storeInfo", "chunk", "chunk", "end"]);
  });

  it("is not replaced if it was written again in the meantime", async () => {
    const path = join(folder.path, "again.rrd");
    const warnings: string[] = [];
    const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
    await recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
    for (let row = 0; row < 200; row++) recording.log(`a${row}`, new Scalars(row));
    const watcher = watch(folder.path);
    const closing = recording.close();
    // The incomplete file appears, so the old one is being read.
    for (let name = ""; !name.endsWith(".partial");) [, name] = (await once(watcher, "change")) as [string, string];
    watcher.close();
    const logged = readFileSync(path);
    const again = Buffer.concat([logged, logged]);
    // At once, because a reader may come between the parts of a write.
    writeFileSync(`${path}.new`, again);
    renameSync(`${path}.new`, path);
    await closing;
    expect(readFileSync(path).equals(again)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining("stays as it was logged: the file was written again")]);
    expect(readdirSync(folder.path).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("says that it is not optimized yet when the time of `close` is up, and is optimized later", async () => {
    const path = join(folder.path, "late.rrd");
    const warnings: string[] = [];
    const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
    await recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
    for (let row = 0; row < 2000; row++) recording.log(`a${row % 200}`, new Scalars(row), { time: { frame: row } });
    await recording.close({ timeoutMs: 1 });
    expect(warnings).toEqual([expect.stringMatching(/late\.rrd is not optimized yet, and stays .* `timeoutMs`$/)]);
    const count = (): number => kindsIn(path).filter((kind) => kind === "chunk").length;
    await expect.poll(count).toBeLessThan(300);
  });

  it("leaves no incomplete file when the program ends while it is optimized", () => {
    const path = join(folder.path, "exit.rrd");
    const program = `
      import { FileSink, RecordingStream, Scalars } from "@rerun-ts/node";
      import { existsSync } from "node:fs";
      const recording = new RecordingStream("exit");
      await recording.setSink(new FileSink(${JSON.stringify(path)}, { optimizeOnClose: true }));
      for (let row = 0; row < 200; row++) recording.log(\`a\${row}\`, new Scalars(row));
      void recording.close();
      const partial = ${JSON.stringify(path)} + "." + process.pid + ".partial";
      while (!existsSync(partial)) await new Promise((resolve) => setImmediate(resolve));
      process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([3, ""]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith("exit.rrd"))).toEqual(["exit.rrd"]);
  });

  it("removes the incomplete file of a process that was killed long ago", async () => {
    const path = join(folder.path, "killed.rrd");
    const partial = (): string => `${path}.${spawnSync(process.execPath, ["--version"]).pid}.partial`;
    const [old, recent] = [partial(), partial()];
    for (const each of [old, recent]) writeFileSync(each, "half");
    utimesSync(old, 0, 0);
    const warnings: string[] = [];
    const recording = new RecordingStream("files", { onWarning: ({ message }) => warnings.push(message) });
    await recording.setSinks([new FileSink(path, { optimizeOnClose: true })]);
    recording.log("a", new Scalars(1));
    expect((await recording.close({ timeoutMs: Infinity })).complete).toBe(true);
    expect(warnings).toEqual([]);
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
    rmSync(recent);
  });

  it("rejects a wrong value", () => {
    expect(() => new FileSink("a.rrd", { optimizeOnClose: "fast" as never })).toThrow(
      '`optimizeOnClose` must be true, false, "live" or "object-store", got "fast"',
    );
  });
});
