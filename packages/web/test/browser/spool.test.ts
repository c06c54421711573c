import type { RecordingSink } from "@rerun-ts/core/transport";
import type { Sink } from "@rerun-ts/core";
import { GrpcSink, RecordingStream, WebSocketSink, spool, type RerunError, type types } from "@rerun-ts/web";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { frameOptions, framesIn, logFrames, range } from "@rerun-ts/test-support/common/frames";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import { needStorage } from "./features.ts";

beforeEach(needStorage);

const newName = (): string => `tests ${crypto.randomUUID()}`;

describeSinkContract(
  "spool in OPFS, before a WebSocketSink",
  () => {
    const relay = new WebSocketRelay();
    const sink = spool(new WebSocketSink(undefined, { WebSocket: relay.WebSocket }), {
      name: newName(),
    }) as RecordingSink;
    return {
      sink,
      async read() {
        await sink.flush({ ack: true });
        return [relay.toRrd()];
      },
      cleanUp: () => sink.close({ timeoutMs: 0 }),
    };
  },
  { isAsynchronous: true, workingState: "connecting" },
);

describeSinkContract(
  "spool in OPFS, before a GrpcSink",
  () => {
    const server = new FetchServer();
    const sink = spool(new GrpcSink(undefined, { fetch: server.fetch }), { name: newName() }) as RecordingSink;
    return {
      sink,
      async read() {
        await sink.flush({ ack: true });
        return [server.toRrd()];
      },
      cleanUp: () => sink.close({ timeoutMs: 0 }),
    };
  },
  { isAsynchronous: true, workingState: "connecting" },
);

describe("spool in OPFS", () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  interface Logged {
    readonly recording: RecordingStream;
    readonly warnings: RerunError[];
  }

  async function record(sink: Sink, from: number, to: number, values = 1): Promise<Logged> {
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("spool", frameOptions(from, warnings));
    cleanUps.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
    await recording.setSink(sink);
    logFrames(recording, from, to, values);
    return { recording, warnings };
  }

  const through = (relay: WebSocketRelay, options: types.SpoolOptions): Sink =>
    spool(new WebSocketSink(undefined, { WebSocket: relay.WebSocket }), options);
  const folderOf = async (name: string): Promise<FileSystemDirectoryHandle> => {
    const root = await navigator.storage.getDirectory();
    const area = await (await root.getDirectoryHandle("rerun-ts")).getDirectoryHandle("spools");
    return area.getDirectoryHandle(encodeURIComponent(name));
  };
  const foldersOf = async (name: string): Promise<number> => {
    let count = 0;
    for await (const _ of ((await folderOf(name)) as unknown as { keys(): AsyncIterable<string> }).keys()) count++;
    return count;
  };

  it("keeps what could not be sent, and the next page sends it: in order, once, and removes it", async () => {
    const [relay, name] = [new WebSocketRelay(), newName()];
    relay.behaviour = { isAbsent: true };
    const first = await record(through(relay, { name }), 0, 200);
    expect(await first.recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
    await first.recording.close();
    expect(first.warnings.at(-1)?.message).toContain("are kept in the spool");
    expect(await foldersOf(name)).toBe(1);
    relay.behaviour = {};
    const second = await record(through(relay, { name }), 200, 400);
    expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(framesIn(relay.toRrd())).toEqual(range(0, 400));
    await second.recording.close();
    expect(await foldersOf(name)).toBe(0);
  });

  it("bounds memory while a server is away, and sends everything in order when it is back", async () => {
    const relay = new WebSocketRelay();
    relay.behaviour = { isAbsent: true };
    const inner = new WebSocketSink(undefined, { WebSocket: relay.WebSocket });
    // 40 MB.
    const { recording } = await record(spool(inner, { name: newName() }), 0, 500, 10_000);
    await recording.flush();
    expect(inner.stats().queuedBytes).toBeLessThan(20e6);
    expect(recording.stats().sinks[0]?.queuedBytes).toBeGreaterThan(39e6);
    relay.behaviour = {};
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0, pendingBytes: 0 });
    expect(framesIn(relay.toRrd())).toEqual(range(0, 500));
  });

  it("takes over what another page has left while this one is open", async () => {
    const [relay, name] = [new WebSocketRelay(), newName()];
    const away = new WebSocketRelay();
    away.behaviour = { isAbsent: true };
    const other = await record(through(away, { name }), 0, 100);
    const { recording } = await record(through(relay, { name }), 100, 200);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(framesIn(relay.toRrd())).toEqual(range(100, 200));
    await other.recording.close();
    await expect.poll(() => framesIn(relay.toRrd()).length, { timeout: 10_000 }).toBe(200);
    expect(framesIn(relay.toRrd())).toEqual([...range(100, 200), ...range(0, 100)]);
  });

  it("leaves what a page of a later version of the package has left, says so once, and sends the rest", async () => {
    const [relay, name] = [new WebSocketRelay(), newName()];
    cleanUps.push(async () => (await folderOf(name)).removeEntry("a later page", { recursive: true }));
    relay.behaviour = { isAbsent: true };
    await (await record(through(relay, { name }), 0, 100)).recording.close();
    const later = await (await folderOf(name)).getDirectoryHandle("a later page", { create: true });
    const file = await later.getFileHandle("d00000001.v2.rrd", { create: true });
    const writable = await file.createWritable();
    await writable.write("kept");
    await writable.close();
    relay.behaviour = {};
    const { recording, warnings } = await record(through(relay, { name }), 100, 200);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(framesIn(relay.toRrd())).toEqual(range(0, 200));
    // Longer than the interval of the searches.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/d00000001[.]v2[.]rrd .* its layout is 2, and this program knows 1; update this program/),
    ]);
    await recording.close();
    expect(await (await file.getFile()).text()).toBe("kept");
    expect(await foldersOf(name)).toBe(1);
  });

  it("drops the oldest data beyond its limit, and counts each row that is lost, also of an earlier page", async () => {
    const [relay, name] = [new WebSocketRelay(), newName()];
    relay.behaviour = { isAbsent: true };
    const first = await record(through(relay, { name, maxBytes: 4e6 }), 0, 300, 10_000);
    await first.recording.flush();
    await first.recording.close();
    const second = await record(through(relay, { name, maxBytes: 4e6 }), 300, 600, 10_000);
    await second.recording.flush();
    relay.behaviour = {};
    expect(await second.recording.flush({ ack: true })).toMatchObject({ complete: false, pendingBytes: 0 });
    const frames = framesIn(relay.toRrd());
    expect(frames.at(-1)).toBe(599);
    expect(frames.length).toBeLessThan(600);
    const lost = (): number =>
      [first, second].reduce((sum, { recording }) => sum + (recording.stats().sinks[0]?.droppedRows ?? 0), 0);
    await expect.poll(() => lost() + new Set(frames).size).toBe(600);
    expect(second.warnings.map(({ message }) => message).join()).toContain("data is dropped");
  });
});
