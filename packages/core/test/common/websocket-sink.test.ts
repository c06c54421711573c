import {
  RecordingStream,
  WebSocketSink,
  type RerunError,
  type WebSocketClass,
  type WebSocketSinkOptions,
} from "@rerun-ts/core";
import { FrameError, decodeFrame, encodeAck, encodeHello, parseWebSocketUrl } from "@rerun-ts/core/transport";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { Scalars } from "@rerun-ts/types";
import { afterEach, describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { WebSocketRelay, type RelayBehaviour } from "@rerun-ts/test-support/common/websocket-relay";

describeSinkContract(
  "WebSocketSink",
  () => {
    const relay = new WebSocketRelay();
    const sink = new WebSocketSink(undefined, { WebSocket: relay.WebSocket });
    return {
      sink,
      async read() {
        await sink.flush();
        return [relay.toRrd()];
      },
    };
  },
  { isAsynchronous: true, workingState: "connecting" },
);

describe("WebSocketSink", () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  function connect(
    behaviour: RelayBehaviour = {},
    options: WebSocketSinkOptions = {},
  ): { recording: RecordingStream; relay: WebSocketRelay; errors: RerunError[] } {
    const relay = new WebSocketRelay();
    relay.behaviour = behaviour;
    const errors: RerunError[] = [];
    const recording = new RecordingStream("web", { onError: (error) => errors.push(error), onWarning: () => {} });
    stops.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
    void recording.setSink(new WebSocketSink(undefined, { WebSocket: relay.WebSocket, ...options }));
    return { recording, relay, errors };
  }

  const framesIn = (relay: WebSocketRelay): bigint[] =>
    readChunks(relay.toRrd()).flatMap(({ times }) => times.frame ?? []);

  it("sends the retained state to a relay that is restarted, also if the first welcome is lost", async () => {
    const { recording, relay } = connect();
    recording.log("fixed", new Scalars(1), { static: true });
    await recording.flush();
    relay.received = [];
    relay.behaviour = { losesWelcome: true };
    relay.restart();
    await expect.poll(() => relay.received.length, { timeout: 5000 }).toBeGreaterThan(1);
    recording.log("moving", new Scalars(2));
    await recording.flush();
    expect(relay.received[0]?.kind).toBe("storeInfo");
    expect(valuesOf(relay.toRrd(), "/fixed", "Scalars:scalars")).toEqual([[1]]);
  });

  it("closes without waiting for a relay if nothing is pending", async () => {
    const { recording, relay } = connect();
    recording.log("row", new Scalars(1));
    await recording.flush();
    const hellos = relay.protocols.length;
    relay.behaviour = { isSilent: true };
    relay.restart();
    await expect.poll(() => relay.protocols.length).toBeGreaterThan(hellos);
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  });
  /** Logs a row that is sent as a separate chunk. */
  async function logFrame(recording: RecordingStream, frame: number, count = 1): Promise<void> {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(noise(count, frame)));
    await recording.flush({ timeoutMs: 0 });
  }

  it("delivers data that was logged while the relay was unreachable", async () => {
    const { recording, relay } = connect({ isAbsent: true });
    await logFrame(recording, 1);
    relay.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(framesIn(relay)).toEqual([1n]);
    expect(relay.received[0]?.kind).toBe("storeInfo");
  });

  it("resumes where the relay is after a lost connection, and sends nothing twice", async () => {
    const { recording, relay } = connect({ cutsAfter: 4 });
    for (let frame = 0; frame < 10; frame++) await logFrame(recording, frame);
    await recording.flush();
    expect(framesIn(relay)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(relay.hellos).toHaveLength(2);
    expect(relay.hellos[1]?.session).toEqual(relay.hellos[0]?.session);
    expect(recording.stats().sinks[0]).toMatchObject({ state: "open", reconnects: 1, droppedRows: 0 });
  });

  it("sends the retained state and unacknowledged data to a restarted relay", async () => {
    const { recording, relay } = connect();
    recording.log("fixed", new Scalars(5), { static: true });
    await logFrame(recording, 1);
    await recording.flush();
    relay.behaviour = { keepsQuiet: true };
    await logFrame(recording, 2);
    relay.received = [];
    relay.behaviour = {};
    relay.restart();
    await recording.flush();
    expect(relay.received[0]?.kind).toBe("storeInfo");
    expect(readChunks(relay.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/fixed", "/a"]);
    expect(framesIn(relay)).toEqual([2n]);
  });

  it("keeps the numbers of its messages at any edge, until the one that it asks has stored them", async () => {
    const { recording, relay } = connect({ isEdge: true, keepsQuiet: true });
    recording.log("fixed", new Scalars(5), { static: true });
    // More than may be in flight at first: an edge reports what has arrived, which is not stored yet.
    for (let frame = 0; frame < 20; frame++) await logFrame(recording, frame, 1000);
    await expect.poll(() => framesIn(relay).length).toBe(20);
    const count = relay.received.length;
    expect(recording.stats().sinks[0]).toMatchObject({ queuedBytes: expect.toSatisfy((bytes) => bytes > 150_000) });
    relay.received = [];
    relay.behaviour = { isEdge: true, keepsQuiet: true, losesWelcome: true };
    relay.restart();
    await expect.poll(() => relay.received.length).toBe(count);
    relay.behaviour = { isEdge: true };
    await logFrame(recording, 20);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(framesIn(relay)).toEqual(Array.from({ length: 21 }, (_, frame) => BigInt(frame)));
    expect(new Set(relay.hellos.map(({ session, first }) => `${[...session].join()} ${first}`)).size).toBe(1);
    expect(await recording.close()).toMatchObject({ complete: true });
  });

  it("uses a session of its own for another relay, so that a relay that comes back cannot confuse the numbers", async () => {
    const [first, second] = [new WebSocketRelay(), new WebSocketRelay()];
    let current = first;
    const recording = new RecordingStream("fail-over", { batcher: { flushNumRows: 0 }, onWarning() {}, onError() {} });
    const WebSocket = class {
      constructor(url: string, protocols: string[]) {
        return new current.WebSocket(url, protocols);
      }
    } as unknown as WebSocketClass;
    void recording.setSink(new WebSocketSink(undefined, { WebSocket }));
    const log = async (row: number): Promise<void> => {
      recording.setTime("row", row);
      recording.log("rows", new Scalars(row));
      await recording.flush();
    };
    const switchTo = (next: WebSocketRelay): void => {
      const before = current;
      current = next;
      before.restart({ forgets: false });
    };
    for (let row = 0; row < 3; row++) await log(row);
    switchTo(second);
    for (let row = 3; row < 10; row++) await log(row);
    switchTo(first);
    for (let row = 10; row < 13; row++) await log(row);
    await recording.close();
    const rows = [first, second].flatMap((relay) => valuesOf(relay.toRrd(), "/rows", "Scalars:scalars")).flat(2);
    expect(rows.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 13 }, (_, row) => row));
    const sessions = [...first.hellos, ...second.hellos].map(({ session }) => String(session));
    expect(new Set(second.hellos.slice(1).map(({ session }) => String(session))).size).toBe(1);
    expect(new Set(sessions).size).toBeGreaterThan(2);
  });

  it("respects the window of the relay, except for a single larger message", async () => {
    const { recording, relay } = connect({ isAbsent: true, window: 100_000 });
    for (let frame = 0; frame < 40; frame++) await logFrame(recording, frame, 2000);
    relay.behaviour = { window: 100_000 };
    await recording.flush();
    expect(framesIn(relay)).toHaveLength(40);
    expect(relay.largestBurst).toBeLessThan(101_000);
    await logFrame(recording, 40, 200_000);
    await recording.flush();
    expect(framesIn(relay)).toHaveLength(41);
    expect(relay.largestBurst).toBeGreaterThan(1_500_000);
  });

  it("calls the `token` function for each connection, and offers the token as a subprotocol", async () => {
    let asked = 0;
    const { recording, relay } = connect({ cutsAfter: 2 }, { token: () => `köy ${asked++}` });
    await logFrame(recording, 1);
    await logFrame(recording, 2);
    await recording.flush();
    expect(relay.protocols[0]).toEqual(["rerun-ts.v1", "rerun-ts.token.a8O2eSAw"]);
    expect(relay.protocols[1]).toEqual(["rerun-ts.v1", "rerun-ts.token.a8O2eSAx"]);
  });

  it.each([
    [16, "AUTH"],
    [12, "UNSUPPORTED"],
    [3, "SERVER"],
    [8, "SERVER"],
  ] as const)("keeps all data while a relay answers with the error %d, and the code %s", async (error, code) => {
    const { recording, relay, errors } = connect({ error });
    recording.log("a", new Scalars(1));
    expect(await recording.flush({ timeoutMs: 4500 })).toMatchObject({ complete: false, droppedRows: 0 });
    expect(recording.stats().sinks[0]?.lastError).toMatchObject({
      code,
      message: `ws://127.0.0.1:9876/ws rejected the data: not like this (gRPC status ${error})`,
    });
    expect(relay.hellos.length).toBeGreaterThan(3);
    relay.behaviour = {};
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(valuesOf(relay.toRrd(), "/a", "Scalars:scalars")).toEqual([[1]]);
    expect(errors).toEqual([]);
  });

  it("drops only the message that the relay rejects while it accepts others", async () => {
    const { recording, relay } = connect({ isAbsent: true });
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    for (let frame = 0; frame < 10; frame++) {
      recording.setTime("frame", frame);
      recording.log(frame === 4 ? "refused" : ["row", frame], new Scalars(frame));
    }
    relay.behaviour = { refusedEntity: "/refused" };
    expect(await recording.flush({ ack: true, timeoutMs: 20_000 })).toMatchObject({ complete: false, droppedRows: 1 });
    const frames = new Set(framesIn(relay).map(Number));
    expect([...frames].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9]);
    expect(warnings.filter((text) => text.startsWith("dropped 1 rows of `/refused` ("))).toHaveLength(1);
  });

  it("respects the timeout of close if the relay never responds", async () => {
    const { recording } = connect({ isSilent: true });
    await logFrame(recording, 1);
    expect(await recording.close({ timeoutMs: 50 })).toMatchObject({ complete: false });
    await expect.poll(() => recording.stats().sinks[0]).toMatchObject({ state: "closed", droppedRows: 2 });
  });

  it.each([
    ["ws://example.com", "ws://example.com/ws", "http://example.com"],
    ["wss://example.com/logs/ws", "wss://example.com/logs/ws", "https://example.com"],
    ["rerun+http://[::1]:1234/proxy", "ws://[::1]:1234/ws", "http://[::1]:1234"],
    ["rerun://example.com/proxy", "wss://example.com:443/ws", "https://example.com:443"],
  ])("accepts the address %s", (url, href, origin) => {
    expect(parseWebSocketUrl(url)).toMatchObject({ href, origin });
  });

  it.each(["ws://example.com/ws?token=1", "example.com", "http://example.com"])(
    "throws an error that names `url` for the address %s",
    (url) => {
      expect(() => new WebSocketSink(url)).toThrow(/`url` must be the address of a relay such as ws:.*, got "/);
    },
  );
});

describe("frames of the WebSocket protocol", () => {
  const hello = { version: 1, session: new Uint8Array(16).fill(7), first: 2 ** 40 + 5, software: "x" };

  it("restore integers up to 2^53 and any string", () => {
    const all = { ...hello, applicationId: "grüße 🙂", recordingId: "", token: undefined };
    expect(decodeFrame(encodeHello(all))).toEqual({ type: "hello", ...all });
  });

  it("are rejected if they are truncated, too long or unknown", () => {
    const bytes = encodeAck({ next: 5, window: 6 });
    for (let end = 0; end < bytes.length; end++) expect(() => decodeFrame(bytes.subarray(0, end))).toThrow(FrameError);
    expect(() => decodeFrame(Uint8Array.of(...bytes, 0))).toThrow("a frame has 1 bytes too many");
    expect(() => decodeFrame(Uint8Array.of(99))).toThrow("there is no frame 99");
    const tooLarge = Uint8Array.of(5, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(() => decodeFrame(tooLarge)).toThrow("larger than 2^53 - 1");
  });
});
