import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { compareRrd, mergeRrd, verifyRrd } from "@rerun-ts/reading";
import { decodeRrd, messageEncoder, type RrdMessage } from "@rerun-ts/core/decode";
import {
  FileSink,
  PartsFileSink,
  RecordingStream,
  Scalars,
  TextDocument,
  VideoStream,
  blueprint,
  type RerunError,
} from "@rerun-ts/node";
import { nameOf } from "@rerun-ts/test-support/common/messages";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it } from "vitest";

const temporary = makeTemporaryFolder();
afterAll(() => temporary.remove());
let count = 0;

/** The path of a folder that does not exist yet. */
function newFolder(): string {
  return join(temporary.path, String(count++));
}

interface Logged {
  readonly recording: RecordingStream;
  readonly errors: RerunError[];
  readonly warnings: string[];
}

/** A recording whose rows become chunks of their own, with what it reports. */
function record(recordingId = "run"): Logged {
  const [errors, warnings]: [RerunError[], string[]] = [[], []];
  const recording = new RecordingStream("parts", {
    recordingId,
    batcher: { flushNumRows: 0 },
    onError: (error) => errors.push(error),
    onWarning: ({ message }) => warnings.push(message),
  });
  return { recording, errors, warnings };
}

function logRows(recording: RecordingStream, rows: number, values = 100): void {
  for (let row = 0; row < rows; row++) {
    recording.setTime("row", row);
    recording.log("rows", new Scalars(Array.from({ length: values }, () => Math.random())));
  }
}

function partsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".rrd"));
  return names.sort().map((name) => join(folder, name));
}

/** The messages of a part, without its end. */
function messagesOf(path: string): RrdMessage[] {
  return decodeRrd(readFileSync(path)).filter(({ kind }) => kind !== "end");
}

function isStatic(message: RrdMessage): boolean {
  return message.kind !== "chunk" || message.isStatic === true;
}

async function expectVerified(paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([basename(path), (await verifyRrd(path)).problems]).toEqual([basename(path), []]);
}

async function merged(paths: readonly string[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of mergeRrd(paths)) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}

/** Expects that parts have the rows of a file, and each chunk that is not static in one of them only. */
async function expectSameRows(parts: readonly string[], file: string): Promise<void> {
  await expectVerified(parts);
  const chunks = parts.flatMap((path) =>
    messagesOf(path)
      .filter((message) => !isStatic(message))
      .map(nameOf),
  );
  expect(new Set(chunks).size).toBe(chunks.length);
  expect((await compareRrd(await merged(parts), file, { ids: true })).isEqual).toBe(true);
}

/** A frame of a video whose first NAL unit is a key frame, or none. */
function frame(isKeyframe: boolean): Uint8Array {
  return Uint8Array.of(0, 0, 0, 1, isKeyframe ? 0x65 : 0x41, ...Array.from({ length: 200 }, (_, at) => at));
}

describe("saveParts", () => {
  it("completes no part without a chunk, which Rerun would refuse", async () => {
    const folder = newFolder();
    const idle = new RecordingStream("parts", { recordingId: "idle", sendProperties: false });
    await idle.saveParts(folder, { maxSeconds: 0.01 });
    expect(await idle.flush()).toMatchObject({ complete: true });
    await setTimeout(100);
    expect(partsIn(folder)).toEqual([]);
    logRows(idle, 1);
    expect(await idle.close()).toMatchObject({ complete: true });
    const parts = partsIn(folder);
    expect(parts.map((part) => messagesOf(part).map(({ kind }) => kind))).toEqual([["storeInfo", "chunk"]]);
    const empty = new RecordingStream("parts", { recordingId: "empty", sendProperties: false });
    await empty.saveParts(folder);
    expect(await empty.close()).toMatchObject({ complete: true });
    expect(partsIn(folder)).toEqual(parts);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("divides a recording into complete files, which together have the rows of one file", async () => {
    const folder = newFolder();
    const file = join(temporary.path, "tee.rrd");
    const { recording } = record();
    await recording.setSinks([new PartsFileSink(folder, { maxBytes: "16kB" }), new FileSink(file)]);
    logRows(recording, 200);
    await recording.close();
    const parts = partsIn(folder);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.map((path) => Number(/^run-(\d{6})[.]rrd$/.exec(basename(path))?.[1]))).toEqual(
      parts.map((_, at) => at + 1),
    );
    expect(readdirSync(folder)).toHaveLength(parts.length);
    await expectSameRows(parts, file);
  });

  it("begins each part with what opens the recording and all static data, under the same ids", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder, { maxBytes: 20_000 });
    recording.log("note", new TextDocument("before"), { static: true });
    logRows(recording, 40);
    recording.log("late", new TextDocument("after"), { static: true });
    logRows(recording, 40);
    await recording.close();
    const parts = partsIn(folder).map((path) => messagesOf(path));
    const [first = [], ...others] = parts;
    const known = first.filter(isStatic).map(nameOf);
    expect(known[0]).toBe("storeInfo");
    expect(known.length).toBeGreaterThan(2);
    expect(others.length).toBeGreaterThan(2);
    for (const part of others) expect(part.slice(0, known.length).map(nameOf)).toEqual(known);
    expect(
      others
        .at(-1)
        ?.slice(0, known.length + 1)
        .every(isStatic),
    ).toBe(true);
  });

  it("writes mostly new data although static data is larger than a part", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder, { maxBytes: 1000 });
    recording.log("note", new TextDocument(Array.from({ length: 3000 }, () => Math.random()).join(" ")), {
      static: true,
    });
    logRows(recording, 300);
    await recording.close();
    const parts = partsIn(folder).map((path) => messagesOf(path));
    const total = (messages: readonly RrdMessage[]): number =>
      messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    expect(total(parts.flat().filter(isStatic))).toBeLessThanOrEqual(
      2 * total(parts.flat().filter((m) => !isStatic(m))),
    );
  });

  it("hides a part from readers of *.rrd until it is complete, and has all flushed rows in it", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder);
    logRows(recording, 3);
    await recording.flush();
    const names = readdirSync(folder).filter((name) => !name.startsWith("."));
    expect(names.sort()).toEqual(["run-000001.rrd.lock", "run-000001.rrd.open"]);
    const open = readFileSync(join(folder, "run-000001.rrd.open"));
    expect(decodeRrd(open).filter((message) => !isStatic(message))).toHaveLength(3);
    await recording.close();
    expect(readdirSync(folder)).toEqual(["run-000001.rrd"]);
  });

  it("completes a part that is old enough although nothing more is logged", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder, { maxSeconds: 0.02 });
    logRows(recording, 1);
    await recording.flush();
    while (!existsSync(join(folder, "run-000001.rrd"))) await setTimeout(5);
    expect(readdirSync(folder)).toEqual(["run-000001.rrd"]);
    logRows(recording, 1);
    await recording.close();
    expect(readdirSync(folder)).toEqual(["run-000001.rrd", "run-000002.rrd"]);
    await expectVerified(partsIn(folder));
  });

  it.each(["by label", "by content"])("lets each video begin at a key frame (%s)", async (kind) => {
    const folder = newFolder();
    const file = join(temporary.path, `video-${kind}.rrd`);
    const { recording } = record();
    await recording.setSinks([new PartsFileSink(folder, { maxBytes: 60_000 }), new FileSink(file)]);
    for (const camera of ["left", "right"])
      recording.log(camera, VideoStream.fromFields({ codec: "H264" }), { static: true });
    for (let index = 0; index < 120; index++) {
      recording.setTime("frame", index);
      for (const [camera, phase] of [
        ["left", 0],
        ["right", 7],
      ] as const) {
        const isKeyframe = (index + phase) % 15 === 0;
        const label = kind === "by label" ? { isKeyframe } : {};
        const sample = frame(kind === "by content" && isKeyframe);
        recording.log(camera, VideoStream.fromFields({ sample, ...label }));
      }
      logRows(recording, 1, 10);
      // What tells key frames is loaded with the first frame.
      if (index === 0) await recording.flush();
    }
    await recording.close();
    const parts = partsIn(folder);
    expect(parts.length).toBeGreaterThan(2);
    await expectSameRows(parts, file);
    for (const path of parts.slice(1)) {
      for (const camera of ["left", "right"]) {
        const [first] = framesOf(path, `/${camera}`);
        if (first !== undefined) expect([camera, first % 15]).toEqual([camera, camera === "left" ? 0 : 8]);
      }
    }
  });

  it("cuts a video without key frames all the same", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder, { maxBytes: 10_000 });
    for (let index = 0; index < 200; index++) {
      recording.setTime("frame", index);
      recording.log("camera", VideoStream.fromFields({ codec: "H264", sample: frame(index === 0) }));
    }
    await recording.close();
    expect(partsIn(folder).length).toBeGreaterThan(2);
    await expectVerified(partsIn(folder));
  });

  it("keeps the parts of recordings and sinks in one folder apart", async () => {
    const folder = newFolder();
    const all = [record("one"), record("two/../?"), record("one")];
    for (const { recording } of all) {
      await recording.saveParts(folder, { maxBytes: 8000 });
      logRows(recording, 30);
    }
    for (const { recording } of all) {
      logRows(recording, 30);
      await recording.close();
    }
    const parts = partsIn(folder);
    expect(new Set(parts.map((path) => basename(path).replace(/-\d+[.]rrd$/, "")))).toEqual(
      new Set(["one", "two%2F..%2F%3F"]),
    );
    await expectVerified(parts);
    expect(parts.flatMap((path) => messagesOf(path).filter((m) => !isStatic(m)))).toHaveLength(180);
  });

  it("continues behind the parts of an earlier program", async () => {
    const folder = newFolder();
    for (let run = 0; run < 2; run++) {
      const { recording } = record();
      await recording.saveParts(folder);
      logRows(recording, 2);
      await recording.close();
    }
    expect(readdirSync(folder)).toEqual(["run-000001.rrd", "run-000002.rrd"]);
  });

  it("writes a layout to a file of its own", async () => {
    const folder = newFolder();
    const { recording } = record();
    await recording.saveParts(folder, {
      maxBytes: 200,
      defaultBlueprint: new blueprint.Blueprint(new blueprint.TimeSeriesView()),
    });
    logRows(recording, 3);
    await recording.close();
    const names = readdirSync(folder).filter((name) => name.endsWith(".rbl"));
    expect(names).toEqual(["parts-000001.rbl"]);
    expect(messagesOf(join(folder, "parts-000001.rbl")).at(-1)?.kind).toBe("activation");
    for (const path of partsIn(folder))
      expect(messagesOf(path).every((message) => message.kind !== "end" && message.storeId.kind === "recording")).toBe(
        true,
      );
  });

  it("leaves nothing behind if another sink of the set cannot be opened", async () => {
    const folder = newFolder();
    const { recording } = record();
    const missing = new FileSink(join(folder, "no", "such.rrd"));
    await expect(recording.setSinks([new PartsFileSink(folder), missing])).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(readdirSync(folder)).toEqual([]);
    await recording.close();
  });

  it("is finished in a program whose thread has written it, and has ended", async () => {
    const folder = newFolder();
    const module = new URL("../../dist/index.js", import.meta.url).href;
    const code = `import(${JSON.stringify(module)}).then(async ({ RecordingStream, Scalars }) => {
      const recording = new RecordingStream("thread", { recordingId: "run", batcher: { flushNumRows: 0 } });
      await recording.saveParts(${JSON.stringify(folder)});
      for (let row = 0; row < 5; row++) {
        recording.setTime("row", row);
        recording.log("rows", new Scalars(row));
      }
      await recording.flush();
      require("node:worker_threads").parentPort.postMessage("flushed");
    });`;
    const thread = new Worker(code, { eval: true });
    await once(thread, "message");
    await thread.terminate();
    const { recording, errors } = record();
    await recording.saveParts(folder);
    logRows(recording, 1);
    await recording.close();
    expect(errors).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["run-000001.rrd", "run-000002.rrd"]);
    const rows = messagesOf(join(folder, "run-000001.rrd")).filter((message) => !isStatic(message));
    expect(rows).toHaveLength(5);
  });

  it("counts the rows of the open part when the folder is removed, and goes on in a new folder", async () => {
    const folder = newFolder();
    const { recording, warnings } = record();
    await recording.saveParts(folder);
    logRows(recording, 5);
    await recording.flush();
    rmSync(folder, { recursive: true });
    await expect(recording.flush()).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(warnings.join("\n")).toMatch(/removed while it was written; its contents are lost/);
    expect(recording.stats().droppedRows).toBeGreaterThanOrEqual(5);
    logRows(recording, 1);
    await recording.flush();
    await recording.close();
    expect(readdirSync(folder)).toEqual(["run-000002.rrd"]);
  });

  it("rejects a path that is a file, and wrong options", async () => {
    const { recording } = record();
    const path = join(temporary.path, "file");
    writeFileSync(path, "");
    await expect(recording.saveParts(path)).rejects.toMatchObject({
      code: "IO_ERROR",
      argument: "folder",
      message: expect.stringContaining("there is a file with this path; give the path of a folder") as string,
    });
    for (const options of [{ maxBytes: 0 }, { maxBytes: "12 apples" }, { maxSeconds: -1 }, { fsync: "now" }])
      expect(() => new PartsFileSink("parts", options as never)).toThrow(TypeError);
    await recording.close();
  });
});

describe("a part that a program has left unfinished", () => {
  /** The bytes of an unfinished part with rows, and the number of its messages. */
  async function unfinished(folder: string, name: string): Promise<{ path: string; messages: number }> {
    const from = newFolder();
    const { recording } = record();
    await recording.saveParts(from);
    logRows(recording, 10);
    await recording.flush();
    const path = join(folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, readFileSync(join(from, "run-000001.rrd.open")));
    await recording.close();
    return { path, messages: messagesOf(join(from, "run-000001.rrd")).length };
  }

  it.each([
    ["whole", 0, 0],
    ["cut in its last message", 5, 1],
  ])("is complete after the next start (%s)", async (_, cut, lost) => {
    const folder = newFolder();
    const { path, messages } = await unfinished(folder, "run-000001.rrd.open");
    truncateSync(path, readFileSync(path).byteLength - cut);
    const { recording, warnings } = record();
    await recording.saveParts(folder);
    logRows(recording, 1);
    await recording.close();
    expect(warnings).toEqual([]);
    expect(readdirSync(folder)).toEqual(["run-000001.rrd", "run-000002.rrd"]);
    await expectVerified(partsIn(folder));
    expect(messagesOf(partsIn(folder)[0] as string)).toHaveLength(messages - lost);
  });

  it("is complete although the footer was being written, or the disk has zeros at its end", async () => {
    const folder = newFolder();
    const { path: zeros, messages } = await unfinished(folder, "a-000001.rrd.open");
    const { path: footer } = await unfinished(folder, "b-000001.rrd.open");
    writeFileSync(zeros, new Uint8Array(5000), { flag: "a" });
    const { recording } = record();
    await recording.saveParts(folder);
    await recording.close();
    const complete = readFileSync(join(folder, "b-000001.rrd"));
    renameSync(join(folder, "b-000001.rrd"), footer);
    truncateSync(footer, complete.byteLength - 7);
    const again = record("again").recording;
    await again.saveParts(folder);
    await again.close();
    const sealed = partsIn(folder).filter((part) => /[ab]-000001/.test(part));
    await expectVerified(sealed);
    expect(sealed.map((part) => messagesOf(part).length)).toEqual([messages, messages]);
    expect(readFileSync(join(folder, "b-000001.rrd"))).toEqual(complete);
  });

  it("is left alone while its program writes to it", async () => {
    const folder = newFolder();
    const { recording, errors } = record();
    await recording.saveParts(folder);
    logRows(recording, 3);
    await recording.flush();
    const { recording: other } = record("other");
    await other.saveParts(folder);
    await other.close();
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith("run-000001.rrd"))
        .sort(),
    ).toEqual(["run-000001.rrd.lock", "run-000001.rrd.open"]);
    logRows(recording, 3);
    await recording.close();
    expect(errors).toEqual([]);
    await expectVerified(partsIn(folder));
  });

  it("is removed if it has no whole message", async () => {
    const folder = newFolder();
    const { path } = await unfinished(folder, "run-000001.rrd.open");
    truncateSync(path, 20);
    const { recording } = record("other");
    await recording.saveParts(folder);
    logRows(recording, 1);
    await recording.close();
    expect(readdirSync(folder)).toEqual(["other-000001.rrd"]);
  });

  it("stays as it is, with a warning, if a message in it is damaged", async () => {
    const folder = newFolder();
    const { path } = await unfinished(folder, "run-000001.rrd.open");
    const bytes = readFileSync(path);
    bytes.fill(0xff, 40, 200);
    writeFileSync(path, bytes);
    const { recording, warnings } = record("other");
    await recording.saveParts(folder);
    await recording.close();
    expect(warnings).toEqual([expect.stringMatching(/run-000001[.]rrd[.]open could not be finished/)]);
    expect(readFileSync(path)).toEqual(bytes);
  });
});

/** The frame numbers of a video in a part, in order. */
function framesOf(path: string, entityPath: string): number[] {
  const encode = messageEncoder();
  return messagesOf(path)
    .flatMap((message) => encode(message))
    .filter(({ manifest }) => manifest?.entityPath === entityPath && manifest.timelines.length > 0)
    .map(({ manifest }) => {
      const at = manifest?.timelines.findIndex(({ name }) => name === "frame") ?? -1;
      return manifest?.ranges[at]?.start.lo ?? -1;
    });
}

it("a folder with a file whose name looks like a part with a number beyond all is no obstacle", async () => {
  const folder = newFolder();
  mkdirSync(folder);
  const strange = "run-1234567890123456789.rrd";
  writeFileSync(join(folder, strange), "");
  const { recording } = record();
  await recording.saveParts(folder);
  logRows(recording, 3);
  expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  expect(readdirSync(folder).sort()).toEqual(["run-000001.rrd", strange]);
});

it.each(["null", "[]", "7", "{"])(
  "a lock with the contents %s, which a killed program may leave, is no obstacle",
  async (contents) => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "run-000001.rrd.lock"), contents);
    const { recording } = record();
    await recording.saveParts(folder);
    logRows(recording, 3);
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(readdirSync(folder).filter((name) => name.endsWith(".rrd"))).toHaveLength(1);
  },
);
