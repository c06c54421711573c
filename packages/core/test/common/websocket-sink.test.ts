import { RecordingStream, WebSocketSink, type RerunError, type WebSocketSinkOptions } from "@rerun-ts/core";
import { FrameError, decodeFrame, encodeAck, encodeHello, parseWebSocketUrl } from "@rerun-ts/core/internal";
import { Scalars } from "@rerun-ts/types";
import { afterEach, describe, expect, it } from "vitest";
import { readChunks } from "../contract/read-chunks.ts";
import { describeSinkContract } from "../contract/sink-contract.ts";
import { WebSocketRelay, type RelayBehaviour } from "../contract/websocket-relay.ts";

describeSinkContract(
  "WebSocketSink",
  () => {
    const relay = new WebSocketRelay();
    const sink = new WebSocketSink({ WebSocket: relay.WebSocket });
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

describe("sending over a WebSocket", () => {
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
    void recording.setSink(new WebSocketSink({ WebSocket: relay.WebSocket, ...options }));
    return { recording, relay, errors };
  }

  const framesIn = (relay: WebSocketRelay): bigint[] =>
    readChunks(relay.toRrd()).flatMap(({ times }) => times.frame ?? []);

  /** Logs a row that leaves as a chunk of its own. */
  async function logFrame(recording: RecordingStream, frame: number, count = 1): Promise<void> {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(Float64Array.from({ length: count }, Math.random)));
    await recording.flush({ timeoutMs: 0 });
  }

  it("delivers what was logged before there was a relay", async () => {
    const { recording, relay } = connect({ isAbsent: true });
    await logFrame(recording, 1);
    relay.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(framesIn(relay)).toEqual([1n]);
    expect(relay.received[0]?.kind).toBe("storeInfo");
  });

  it("goes on after a cut where the relay is, and sends nothing twice", async () => {
    const { recording, relay } = connect({ cutsAfter: 4 });
    for (let frame = 0; frame < 10; frame++) await logFrame(recording, frame);
    await recording.flush();
    expect(framesIn(relay)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(relay.hellos).toHaveLength(2);
    expect(relay.hellos[1]?.session).toEqual(relay.hellos[0]?.session);
    expect(recording.stats().sinks[0]).toMatchObject({ state: "open", reconnects: 1, droppedRows: 0 });
  });

  it("tells a relay that was restarted what it must know, and sends again what was not acknowledged", async () => {
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

  it("keeps within the relay's window, but lets one large message go", async () => {
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

  it("offers its token beside the protocol, and asks for it each time", async () => {
    let asked = 0;
    const { recording, relay } = connect({ cutsAfter: 2 }, { token: () => `köy ${asked++}` });
    await logFrame(recording, 1);
    await logFrame(recording, 2);
    await recording.flush();
    expect(relay.protocols[0]).toEqual(["rerun-ts.v1", "rerun-ts.token.a8O2eSAw"]);
    expect(relay.protocols[1]).toEqual(["rerun-ts.v1", "rerun-ts.token.a8O2eSAx"]);
  });

  it.each([
    [16, "AUTH", 1],
    [12, "UNSUPPORTED", 1],
    [3, "SERVER", 3],
  ] as const)("is broken by the error %d (%s), after %d times", async (error, code, times) => {
    const { recording, relay, errors } = connect({ error });
    recording.log("a", new Scalars(1));
    await expect(recording.flush()).rejects.toMatchObject({ code });
    expect(errors[0]?.message).toContain(
      `ws://127.0.0.1:9876/ws refused what was sent: not like this (gRPC status ${error})`,
    );
    expect(relay.hellos).toHaveLength(times);
    expect(recording.state).toBe("broken");
  });

  it("waits no longer than it may for a relay that says nothing", async () => {
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
  ])("reads the address %s", (url, href, origin) => {
    expect(parseWebSocketUrl(url)).toMatchObject({ href, origin });
  });

  it.each(["ws://example.com/ws?token=1", "example.com", "http://example.com"])("refuses the address %s", (url) => {
    expect(() => new WebSocketSink(url)).toThrow(/`url` must be the address of a relay such as ws:.*, got "/);
  });
});

describe("frames", () => {
  const hello = { version: 1, session: new Uint8Array(16).fill(7), first: 2 ** 40 + 5, software: "x" };

  it("keep numbers up to 2^53 and any text", () => {
    const all = { ...hello, applicationId: "grüße 🙂", recordingId: "", token: undefined };
    expect(decodeFrame(encodeHello(all))).toEqual({ type: "hello", ...all });
  });

  it("that end early, go on too long or are unknown are refused", () => {
    const bytes = encodeAck({ next: 5, window: 6 });
    for (let end = 0; end < bytes.length; end++) expect(() => decodeFrame(bytes.subarray(0, end))).toThrow(FrameError);
    expect(() => decodeFrame(Uint8Array.of(...bytes, 0))).toThrow("a frame has 1 bytes too many");
    expect(() => decodeFrame(Uint8Array.of(99))).toThrow("there is no frame 99");
    const tooLarge = Uint8Array.of(5, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(() => decodeFrame(tooLarge)).toThrow("larger than 2^53 - 1");
  });
});
