import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

/** The time that recorders see, in milliseconds. */
let now = 0;

/** Moves the clock of recorders by itself. */
function useOwnClock(): void {
  now = 1;
  vi.spyOn(performance, "now").mockImplementation(() => now);
}

afterEach(() => vi.restoreAllMocks());

async function recordingWith(box: rr.FlightRecorder, recordingId?: string): Promise<rr.RecordingStream> {
  const rec = new rr.RecordingStream("flight", {
    ...(recordingId === undefined ? {} : { recordingId }),
    onWarning: () => {},
  });
  await rec.setSinks([box]);
  onTestFinished(async () => void (await rec.close()));
  return rec;
}

/** The number of rows of each entity in a `.rrd`. */
function rowsIn(rrd: Uint8Array): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const { manifest, storeId } of readEncodedMessages(rrd)) {
    if (manifest === undefined || storeId.kind === "blueprint") continue;
    rows[manifest.entityPath] = (rows[manifest.entityPath] ?? 0) + manifest.rows;
  }
  return rows;
}

describe("the limits of a flight recorder", () => {
  test("leave out a static mesh that is larger than the memory, and name it in the dump", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 10, maxBytes: 100_000 });
    const rec = await recordingWith(box);
    rec.log("mesh", new rr.TextDocument(randomText(200_000)), { static: true });
    rec.log("small", new rr.TextDocument("kept"), { static: true });
    rec.log("value", new rr.Scalars(1));
    await rec.flush();
    const dump = await box.dump("test", { after: 0 });
    expect(rowsIn(dump.rrd)).toMatchObject({ "/small": 1, "/value": 1 });
    expect(dump.leftOut).toMatchObject([{ entityPath: "/mesh", what: "static values", rows: 1 }]);
    expect(textsIn(dump.rrd, "left_out")).toMatch(/static values of \/mesh: 1 rows, \d+ bytes/);
  });

  test("bound the memory, and count the rows that left the window early", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 1000, maxBytes: "50kB" });
    const rec = await recordingWith(box);
    for (let frame = 0; frame < 500; frame++) {
      now += 10;
      rec.setTime("frame", frame);
      rec.log("text", new rr.TextLog(randomText(400)));
      await rec.flush();
      expect(box.stats().queuedBytes).toBeLessThanOrEqual(50_000);
    }
    const { rrd, leftOut, seconds } = await box.dump("test", { after: 0 });
    const kept = readChunks(rrd).filter((chunk) => !("FlightRecorder:origin" in chunk.components)).length - 2;
    expect(kept).toBeGreaterThan(10);
    expect(leftOut).toMatchObject([{ what: "rows", rows: 500 - kept }]);
    expect(seconds).toBeLessThan(3);
  });

  test("leave out a group of pictures that is too large, with the frames that need it", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 1, maxBytes: "100kB" });
    const rec = await recordingWith(box);
    for (let frame = 0; frame < 200; frame++) {
      now += 100;
      rec.log("camera", frameOf(frame === 0, 1000));
      rec.log("state", new rr.Scalars(frame));
      await rec.flush();
    }
    const { rrd, leftOut } = await box.dump("test", { after: 0 });
    expect(rowsIn(rrd)["/camera"] ?? 0).toBe(1);
    expect(leftOut.map(({ what, entityPath }) => `${what} ${entityPath}`)).toEqual(
      expect.arrayContaining(["group of pictures /camera", "frames /camera"]),
    );
    rec.log("camera", frameOf(true, 1000));
    now += 100;
    rec.log("camera", frameOf(false, 1000));
    expect(rowsIn(box.toBytes())["/camera"]).toBe(3);
  });

  test("keep the memory flat, however many entities come and go", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 60, maxBytes: "2MB" });
    const rec = await recordingWith(box);
    const sizes: number[] = [];
    for (let minute = 0; minute < 200; minute++) {
      now += 60_000;
      for (let task = 0; task < 50; task++) rec.log(`tasks/${minute}-${task}`, new rr.TextLog("started"));
      rec.log(`tasks`, rr.Clear.recursive());
      await rec.flush();
      sizes.push(box.stats().queuedBytes);
    }
    expect(Math.max(...sizes.slice(100))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 100)) * 1.1);
  });
});

describe("the frames in a dump", () => {
  test("begin with a key frame, also if the recorder came in the middle of a group", async () => {
    const box = new rr.FlightRecorder();
    const rec = await recordingWith(box);
    rec.log("camera", frameOf(false, 10));
    rec.log("camera", frameOf(true, 10));
    rec.log("camera", frameOf(false, 10));
    const { rrd, leftOut } = await box.dump("test", { after: 0 });
    expect(rowsIn(rrd)["/camera"]).toBe(2);
    expect(leftOut).toMatchObject([{ entityPath: "/camera", what: "frames", rows: 1 }]);
  });

  test.each(["columns", "messages of others"])("have the key frame before the window, in %s", async (way) => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 1 });
    const rec = await recordingWith(box, "one");
    await logFrames(rec, way, [true, false, true, false, false]);
    now += 5000;
    await logFrames(rec, way, [false, true, false]);
    const rrd = box.toBytes();
    const frames = readChunks(rrd).filter(({ entityPath }) => entityPath === "/camera");
    // Three frames of the last group, three of the window, and the codec as the latest value.
    const rows = frames.reduce((sum, { rows: count }) => sum + count, 0);
    expect(rows).toBe(7);
  });
});

describe("the triggers of a flight recorder", () => {
  test("record on for a while, and are joined", async () => {
    const box = new rr.FlightRecorder({ after: 0.3 });
    const rec = await recordingWith(box);
    const dumps: rr.types.FlightDump[] = [];
    box.on("dump", (dump) => void dumps.push(dump));
    const first = box.dump("first");
    const second = box.dump("second");
    rec.log("after", new rr.Scalars(1));
    expect(await first).toBe(await second);
    expect(dumps.map(({ reason }) => reason)).toEqual(["first; second"]);
    expect(rowsIn((await first).rrd)).toMatchObject({ "/after": 1, "/flight_recorder": 1 });
    expect(textsIn((await first).rrd, "TextLog:text")).toBe("first; second");
  });

  test("test logged values, with a cooldown and a maximum", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ after: 0 });
    const rec = await recordingWith(box);
    const reasons: string[] = [];
    box.on("dump", ({ reason }) => void reasons.push(reason));
    const stop = box.when("/motor/temperature", (celsius) => celsius > 80, { cooldownSeconds: 300, maxDumps: 2 });
    box.when("state", (text: string) => text === "failed");
    const values = [
      [70, "ok", 0],
      [81, "ok", 1],
      [82, "failed", 2],
      [90, "failed", 3],
      [95, "ok", 3],
    ] as const;
    for (const [celsius, text, dumps] of values) {
      rec.log("motor/temperature", new rr.Scalars(celsius));
      rec.log("state", new rr.TextLog(text));
      await rec.flush();
      await vi.waitFor(() => expect(reasons).toHaveLength(dumps));
      now += 200_000;
    }
    stop();
    expect(reasons).toEqual(["/motor/temperature is 81", "/state is failed", expect.any(String)]);
    expect(reasons[2]?.split("; ").sort()).toEqual(["/motor/temperature is 90", "/state is failed"]);
  });

  test("see calls of console.error, and leave the console as it was", async () => {
    const original = console.error;
    const printed: unknown[] = [];
    console.error = (...values) => void printed.push(values);
    onTestFinished(() => void (console.error = original));
    const own = console.error;
    const box = new rr.FlightRecorder({ after: 0 });
    await recordingWith(box);
    const stop = box.captureErrors();
    const dumped = new Promise<rr.types.FlightDump>((resolve) => box.on("dump", resolve));
    console.error("cannot reach the arm:", new TypeError("no route"));
    expect((await dumped).reason).toBe("console.error: cannot reach the arm: TypeError: no route");
    expect(printed).toHaveLength(1);
    stop();
    expect(console.error).toBe(own);
  });
});

describe("a dump", () => {
  test("is offered again if its handler fails", async () => {
    const box = new rr.FlightRecorder({ after: 0 });
    await recordingWith(box);
    const seen: string[] = [];
    let isBroken = true;
    box.on("dump", async ({ reason }) => {
      seen.push(reason);
      if (isBroken) throw new Error("the network is away");
    });
    await box.dump("one");
    await vi.waitFor(() => expect(seen).toEqual(["one"]));
    isBroken = false;
    await box.dump("two");
    await vi.waitFor(() => expect(seen).toEqual(["one", "one", "two"]));
    await box.dump("three");
    await vi.waitFor(() => expect(seen).toEqual(["one", "one", "two", "three"]));
  });

  test("reaches every handler, also while another one never settles", async () => {
    const box = new rr.FlightRecorder({ after: 0 });
    const rec = await recordingWith(box);
    const seen: string[] = [];
    box.on("dump", () => new Promise(() => {}));
    box.on("dump", ({ reason }) => void seen.push(reason));
    await box.dump("one");
    await box.dump("two");
    await vi.waitFor(() => expect(seen).toEqual(["one", "two"]));
    const late: string[] = [];
    box.on("dump", ({ reason }) => void late.push(reason));
    await vi.waitFor(() => expect(late).toEqual(["one", "two"]));
    expect(await rec.close({ timeoutMs: 50 })).toMatchObject({ complete: false });
  });

  test("goes on when a recording is closed that is one of several", async () => {
    const box = new rr.FlightRecorder({ after: 0.5 });
    const [one, two] = [await recordingWith(box, "one"), await recordingWith(box, "two")];
    const dump = box.dump("all");
    one.log("a", new rr.Scalars(1));
    await one.close();
    two.log("b", new rr.Scalars(1));
    expect(rowsIn((await dump).rrd)).toMatchObject({ "/a": 1, "/b": 1 });
  });

  test("that fails rejects, and the recorder goes on", async () => {
    const box = new rr.FlightRecorder({ after: 0 });
    const rec = await recordingWith(box);
    rec.log("a", new rr.Scalars(1));
    const recording = (): boolean => {
      throw new Error("which one?");
    };
    await expect(box.dump("all", { recording })).rejects.toMatchObject({ message: "which one?" });
    expect((await box.dump("again")).recordingIds).toHaveLength(1);
  });

  // Takes many seconds where others compute.
  test("may have more chunks than a call can have arguments", { timeout: 300_000 }, async () => {
    const box = new rr.FlightRecorder({ maxBytes: "1GB" });
    const rec = new rr.RecordingStream("flight", { batcher: { flushNumRows: 0 } });
    await rec.setSinks([box]);
    for (let row = 0; row < 150_000; row++) rec.log("value", new rr.Scalars(row));
    expect(rowsIn(box.toBytes())["/value"]).toBe(150_000);
    await rec.close();
  });

  test("waits for the first handler, and is made when the recording is closed", async () => {
    const box = new rr.FlightRecorder({ after: 100 });
    const rec = await recordingWith(box);
    rec.log("value", new rr.Scalars(1));
    void box.dump("closing");
    await rec.close();
    const seen: string[] = [];
    box.on("dump", ({ reason }) => void seen.push(reason));
    await vi.waitFor(() => expect(seen).toEqual(["closing"]));
  });

  test("holds one of the recordings that share a recorder, or all of them", async () => {
    useOwnClock();
    const box = new rr.FlightRecorder({ seconds: 10 });
    const [one, two] = [await recordingWith(box, "one"), await recordingWith(box, "two")];
    one.log("a", new rr.Scalars(1));
    two.log("b", new rr.Scalars(2));
    expect((await box.dump("test", { after: 0, recording: one })).recordingIds).toEqual(["one"]);
    expect(rowsIn(box.toBytes("test", "two"))).toMatchObject({ "/b": 1 });
    expect(rowsIn(box.toBytes("test", "two"))).not.toHaveProperty("/a");
    expect((await box.dump("test", { after: 0 })).recordingIds).toEqual(["one", "two"]);
    await one.close();
    now += 20_000;
    two.log("b", new rr.Scalars(3));
    await two.flush();
    expect((await box.dump("test", { after: 0 })).recordingIds).toEqual(["two"]);
  });

  test("has static data once, however often the sinks of the recording change", async () => {
    const box = new rr.FlightRecorder();
    const rec = await recordingWith(box);
    rec.log("mesh", new rr.TextDocument("static"), { static: true });
    await rec.setSinks([box, new rr.MemorySink()]);
    await rec.setSinks([rr.filtered(box, { contents: "/value" })]);
    rec.log("value", new rr.Scalars(1));
    rec.log("other", new rr.Scalars(1));
    const rows = rowsIn(box.toBytes());
    expect(rows).toMatchObject({ "/mesh": 1, "/__properties": 1, "/value": 1 });
    expect(rows).not.toHaveProperty("/other");
  });

  test("reaches a file as a whole", async () => {
    const box = new rr.FlightRecorder();
    const rec = await recordingWith(box);
    rec.log("value", new rr.Scalars(1));
    await expect(box.save("/nowhere/at/all.rrd")).rejects.toMatchObject({ code: "IO_ERROR", argument: "path" });
  });
});

test("wrong arguments are named", async () => {
  const wrong = [
    [() => new rr.FlightRecorder({ seconds: 0 }), /`seconds` must be a positive number, got 0/],
    [
      () => new rr.FlightRecorder({ maxBytes: "much" }),
      /`maxBytes` must be a positive number of bytes, or a text such as "100MB", got "much"/,
    ],
    [() => new rr.FlightRecorder({ minutes: 1 } as never), /`minutes` is not an option of `FlightRecorder`/],
    [() => new rr.FlightRecorder().on("dumps" as never, () => {}), /`type` must be "dump"/],
    [() => new rr.FlightRecorder().on("dump", 1 as never), /`handler` must be a function that takes a dump/],
    [() => new rr.FlightRecorder().when(5 as never, () => true), /`entityPath` must be an entity path/],
    [() => new rr.FlightRecorder().when("a", 1 as never), /`predicate` must be a function of a value/],
    [() => new rr.FlightRecorder().captureErrors({ maxDumps: 0 }), /`maxDumps` must be a positive number/],
  ] as const;
  for (const [call, message] of wrong) expect(call).toThrow(message);
  const box = new rr.FlightRecorder();
  const rejected = [
    [box.dump(""), "reason"],
    [box.dump("a", { after: -1 }), "after"],
    [box.dump("a", { recording: 5 as never }), "recording"],
    [box.save(5 as never), "path"],
    [rr.FlightRecorder.recover({ spool: "" }), "spool"],
    [rr.FlightRecorder.discard({ spool: "" }), "spool"],
  ] as const;
  for (const [call, argument] of rejected)
    await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(argument) });
});

/** A text that hardly compresses. */
function randomText(length: number): string {
  const parts = Array.from({ length: length / 32 }, () => crypto.randomUUID().replaceAll("-", ""));
  return parts.join("");
}

function frameOf(isKeyframe: boolean, bytes: number): rr.VideoStream {
  const sample = crypto.getRandomValues(new Uint8Array(bytes));
  return new rr.VideoStream("H264", { sample, isKeyframe });
}

/** Logs frames as columns, or as messages that another recording has encoded. */
async function logFrames(rec: rr.RecordingStream, way: string, keys: readonly boolean[]): Promise<void> {
  const target = way === "columns" ? rec : new rr.RecordingStream("flight", { recordingId: "one" });
  const memory = new rr.MemorySink();
  if (target !== rec) await target.setSink(memory);
  const columns = rr.VideoStream.columns({
    codec: keys.map(() => "H264" as const),
    sample: keys.map((isKey) => Uint8Array.of(0, 0, 0, 1, isKey ? 0x65 : 0x41, 1)),
  });
  target.sendColumns(
    "camera",
    [
      rr.TimeColumn.sequence(
        "frame",
        keys.map((_, index) => now + index),
      ),
    ],
    columns,
  );
  await target.flush();
  if (target === rec) return;
  await target.close();
  await rec.logFileFromContents("frames.rrd", memory.toBytes());
}

/** The text of a component in a `.rrd`. */
function textsIn(rrd: Uint8Array, component: string): string | undefined {
  const rows = readChunks(rrd).flatMap(({ components }) => components[component] ?? []);
  return rows.length === 0 ? undefined : (rows[0] as string[]).join();
}

describe("a ring whose process was killed while it made its lock", () => {
  test("is removed, is not counted, and does not displace rings with data", async () => {
    const { path: spool, remove } = makeTemporaryFolder();
    onTestFinished(remove);
    const name = (number: number): string => `flight-${String(number).padStart(32, "0")}`;
    const first = new rr.FlightRecorder({ spool });
    const rec = await recordingWith(first);
    rec.log("value", new rr.Scalars(1));
    await rec.flush();
    const [ring = ""] = readdirSync(spool);
    const copies = [1, 2, 3].map(name);
    for (const copy of copies)
      cpSync(join(spool, ring), join(spool, copy), { recursive: true, filter: (path) => !path.endsWith(".sock") });
    await rec.close();
    const token = "0a".repeat(16);
    const killed = Array.from({ length: 12 }, (_, index) => name(10 + index));
    for (const each of killed) {
      mkdirSync(join(spool, each));
      for (const file of [`lock.${token}.new`, `.${token}.sock`]) writeFileSync(join(spool, each, file), "");
    }
    // Folders of other programs.
    const foreign = ["flight-plans", name(30)];
    for (const each of foreign) {
      mkdirSync(join(spool, each));
      writeFileSync(join(spool, each, "notes.txt"), "precious");
    }
    const next = await recordingWith(new rr.FlightRecorder({ spool }));
    const left = (): string[] => readdirSync(spool).filter((each) => !foreign.includes(each));
    await expect.poll(left).toHaveLength(copies.length + 1);
    expect(left()).toEqual(expect.arrayContaining(copies));
    await next.close();
    expect(await rr.FlightRecorder.recover({ spool })).toHaveLength(copies.length);
    mkdirSync(join(spool, name(40)));
    for (const file of [`lock.${token}.new`, `.${token}.sock`]) writeFileSync(join(spool, name(40), file), "");
    expect(await rr.FlightRecorder.discard({ spool })).toBe(copies.length);
    expect(readdirSync(spool).sort()).toEqual(foreign.sort());
    for (const each of foreign) expect(readdirSync(join(spool, each))).toEqual(["notes.txt"]);
  });
});
