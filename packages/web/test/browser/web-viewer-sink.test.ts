import * as rr from "@rerun-ts/web";
import { MemorySink, RecordingStream, Scalars, WebViewerSink, type types } from "@rerun-ts/web";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { FakeViewer } from "./fake-viewer.ts";

describeSinkContract(
  "WebViewerSink",
  () => {
    const viewer = new FakeViewer().start();
    const sink = new WebViewerSink(viewer);
    return { sink, read: () => viewer.received };
  },
  { isAsynchronous: true },
);

describeSinkContract(
  "WebViewerSink on a channel",
  () => {
    const viewer = new FakeViewer().start();
    const sink = new WebViewerSink(viewer.open_channel());
    return { sink, read: () => viewer.received };
  },
  { isAsynchronous: true },
);

describe("WebViewerSink", () => {
  const recordings: RecordingStream[] = [];
  afterEach(async () => {
    for (const recording of recordings.splice(0)) await recording.close({ timeoutMs: 0 }).catch(() => {});
  });

  function show(viewer: FakeViewer, options?: types.WebViewerSinkOptions): RecordingStream {
    const recording = new RecordingStream("page", {
      batcher: { flushNumRows: 0 },
      onWarning: () => {},
      onError: () => {},
    });
    recordings.push(recording);
    void recording.setSink(new WebViewerSink(viewer, options));
    return recording;
  }

  const entitiesIn = (viewer: FakeViewer): string[] =>
    viewer.received.flatMap((rrd) => readChunks(rrd).map(({ entityPath }) => entityPath));

  it("keeps logged rows until the viewer is ready", async () => {
    const viewer = new FakeViewer();
    const recording = show(viewer);
    recording.log("a", new Scalars(1));
    expect(await recording.flush({ timeoutMs: 200 })).toMatchObject({ complete: false });
    expect(recording.state).toBe("connecting");
    viewer.start();
    expect(await recording.flush()).toMatchObject({ complete: true, pendingBytes: 0, droppedRows: 0 });
    expect(recording.state).toBe("open");
    expect(entitiesIn(viewer)).toEqual(["/a"]);
  });

  it("passes at most `maxFrameBytes` per animation frame", async () => {
    const viewer = new FakeViewer().start();
    const recording = show(viewer, { maxFrameBytes: 10_000 });
    for (let row = 0; row < 20; row++) recording.log("a", new Scalars(noise(500, row)));
    await recording.flush();
    expect(entitiesIn(viewer)).toHaveLength(20);
    for (const { byteLength } of viewer.received) expect(byteLength).toBeLessThan(16_000);
  });

  it("sends a restarted viewer the retained state first, through a new channel", async () => {
    const viewer = new FakeViewer().start();
    const recording = show(viewer);
    recording.log("fixed", new Scalars(5), { static: true });
    recording.log("a", new Scalars(1));
    await recording.flush();
    viewer.stop();
    await expect.poll(() => recording.state).toBe("connecting");
    recording.log("b", new Scalars(2));
    viewer.start();
    await recording.flush();
    expect(entitiesIn(viewer)).toEqual(["/fixed", "/b"]);
    expect(viewer.openedChannels).toBe(2);
    expect(recording.stats().sinks[0]).toMatchObject({ state: "open", reconnects: 1, droppedRows: 0 });
  });

  it("detects a viewer that was restarted between two polls", async () => {
    const viewer = new FakeViewer().start();
    const recording = show(viewer);
    await recording.flush();
    viewer.stop();
    viewer.start();
    recording.log("a", new Scalars(1));
    await recording.flush();
    expect(entitiesIn(viewer)).toEqual(["/a"]);
  });

  it("sends a batch again on which the viewer has failed", async () => {
    const viewer = new FakeViewer().start();
    const recording = show(viewer);
    await recording.flush();
    viewer.isFailing = true;
    recording.log("a", new Scalars(1));
    await recording.flush({ timeoutMs: 200 });
    viewer.isFailing = false;
    viewer.start();
    await recording.flush();
    expect(entitiesIn(viewer)).toEqual(["/a"]);
  });

  it("breaks when its channel is closed with the viewer, and counts dropped rows", async () => {
    const viewer = new FakeViewer().start();
    const recording = new RecordingStream("page", { onError: () => {}, onWarning: () => {} });
    recordings.push(recording);
    void recording.setSink(new WebViewerSink(viewer.open_channel()));
    await recording.flush();
    viewer.stop();
    await expect.poll(() => recording.state).toBe("broken");
    recording.log("a", new Scalars(1));
    await expect(recording.flush()).rejects.toMatchObject({ code: "CLOSED" });
    expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 1 });
  });

  it("stays within the limit of its queue, and counts dropped rows", async () => {
    const recording = show(new FakeViewer(), { maxQueueBytes: 50_000 });
    for (let row = 0; row < 50; row++) recording.log("a", new Scalars(noise(500, row)));
    const [stats] = recording.stats().sinks;
    expect(stats?.queuedBytes).toBeLessThanOrEqual(50_000);
    expect(stats?.droppedRows).toBeGreaterThan(30);
  });

  it("leaves all rows to the next sink if its viewer never starts", async () => {
    const recording = show(new FakeViewer());
    recording.log("a", new Scalars(1));
    const memory = new MemorySink();
    await recording.setSink(memory);
    expect(readChunks(memory.toBytes()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
    expect(recording.stats()).toMatchObject({ droppedRows: 0 });
  });

  it("may be in a custom element with a name of its own", async () => {
    class Panel extends HTMLElement {
      readonly [Symbol.toStringTag] = "Panel";
    }
    customElements.define("viewer-panel", Panel);
    const element = document.createElement("viewer-panel");
    // The wrong option is noticed after the element was accepted.
    await expect(rr.viewer.openWebViewer({ element, memoryLimit: 5 as never })).rejects.toThrow(
      "`memoryLimit` must be",
    );
  });

  it("and rr.viewer.openWebViewer reject values that are not a viewer or an element", async () => {
    expect(() => new WebViewerSink({} as never)).toThrow(/`viewer` must be a WebViewer of @rerun-io\/web-viewer or/);
    await expect(rr.viewer.openWebViewer({ element: "#viewer" as never })).rejects.toThrow(
      /`element` must be an element of the page/,
    );
  });

  it.each<[options: object, message: string]>([
    [{ theme: "blue" }, '`theme` must be one of "dark", "light", "system", got "blue"'],
    [{ renderBackend: "opengl" }, '`renderBackend` must be one of "webgpu", "webgl", got "opengl"'],
    [{ width: 300 }, '`width` must be a CSS size such as "400px", got 300'],
    [{ memoryLimit: 5 }, "`memoryLimit` must be a string, got 5"],
    [
      { panels: { left: "hidden" } },
      "`left` is not an option of `panels`; known options: top, blueprint, selection, time",
    ],
    [{ panels: { top: "shut" } }, '`panels.top` must be one of "hidden", "collapsed", "expanded", got "shut"'],
    [{ login: { signedInUrl: 5 } }, "`login.signedInUrl` must be a string, got 5"],
  ])("and rr.viewer.openWebViewer rejects %j before it starts a viewer", async (options, message) => {
    const element = document.createElement("div");
    await expect(rr.viewer.openWebViewer({ element, ...options })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message,
    });
  });
});
