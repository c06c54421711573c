import { RecordingStream, Scalars, WebViewerSink, openWebViewer, type WebViewerSinkOptions } from "@rerun-ts/web";
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

  function show(viewer: FakeViewer, options?: WebViewerSinkOptions): RecordingStream {
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

  it("and openWebViewer reject values that are not a viewer or an element", async () => {
    expect(() => new WebViewerSink({} as never)).toThrow(/`viewer` must be a WebViewer of @rerun-io\/web-viewer or/);
    await expect(openWebViewer({ element: "#viewer" as never })).rejects.toThrow(
      /`element` must be an element of the page/,
    );
  });
});
