// Programs of users in browsers. The test is that this file compiles; a comment marks the lines that must not compile.
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";
import type { RerunViewerElement } from "@rerun-ts/web/element";
import { readMessages, readTables, sendTable, type ServerMessage } from "@rerun-ts/web/read";

/** A page. */
export async function page(context: CanvasRenderingContext2D): Promise<void> {
  const rec = new rr.RecordingStream("page", { maxBacklogBytes: 2 ** 20 });
  rec.log("canvas", new rr.Image(context.getImageData(0, 0, 10, 10)));
  addEventListener("pointermove", (e) => {
    rec.log("pointer", new rr.Scalars([e.clientX, e.clientY]), { time: { time: new Date() } });
  });
  const { bytes } = await rec.download("page.rrd", { drain: true });
  await rec.saveToPicker("page.rrd", { onProgress: ({ bytes: done, totalBytes }) => console.log(done / totalBytes) });
  const memory: rr.types.MemoryRecording = rr.init("other").memoryRecording();
  await rec.setSinks([new rr.MemorySink(), new rr.StreamSink(new WritableStream<Uint8Array>())]);
  console.log(bytes, memory.numMessages, rr.getGlobalRecording()?.download());
}

/** An element with a viewer. */
export function listen(viewer: RerunViewerElement): void {
  viewer.addEventListener("selection", ({ detail: { items } }) => console.log(items.length));
  viewer.addEventListener("ready", ({ detail: { sink } }) => console.log(sink));
  viewer.addEventListener("click", ({ clientX }) => console.log(clientX));
  viewer.addEventListener("another", (event: Event) => console.log(event.type));
  // @ts-expect-error: the event has no such data
  viewer.addEventListener("time", ({ detail: { items } }) => console.log(items));
  viewer.time = { duration: { seconds: 3 } };
  // @ts-expect-error: no time
  viewer.time = true;
}

/** A page with a viewer in itself. */
export async function inPage(element: HTMLElement, viewer: rr.viewer.WebViewerLike): Promise<void> {
  const recording = new rr.RecordingStream("page");
  const { sink, stop }: rr.viewer.OpenedWebViewer = await rr.viewer.openWebViewer({
    element,
    recording,
    theme: "dark",
  });
  await recording.setSinks([sink, new rr.WebViewerSink(viewer, { maxFrameBytes: 2 ** 18 }), new rr.MemorySink()]);
  stop();
}

/** A page that controls the viewer in itself, or a native one. */
export async function controlled(element: HTMLElement, file: File): Promise<void> {
  const { control, on, saveRecording } = await rr.viewer.openWebViewer({ element, memoryLimit: "1GiB" });
  const end: () => void = on("selection", ({ items }) => {
    // @ts-expect-error: not every item is an entity
    console.log(items[0]?.entityPath);
    for (const item of items) if (item.kind === "entity") console.log(item.entityPath.length, item.position?.[2]);
  });
  on("timeline", ({ recordingId, timeline, time }) => console.log(`${recordingId} ${timeline}`, time + 1));
  // @ts-expect-error: no such event
  on("ready", () => {});
  const viewers: readonly rr.viewer.ViewerControl[] = [control, await rr.viewer.connectViewer()];
  for (const each of viewers) {
    const { recordings }: rr.viewer.OpenedInViewer = await each.open([
      file,
      await saveRecording(),
      "https://a.b/c.rrd",
    ]);
    await each.setBlueprint(new rrb.Blueprint(new rrb.TextLogView()), { recording: recordings[0] });
    await each.setBlueprint((await each.blueprint()).blueprint, { partial: true });
  }
  end();
}

/** The pictures of a page. */
export async function pictures(rec: rr.RecordingStream, video: HTMLVideoElement, blob: Blob): Promise<void> {
  const isLogged: boolean = await rr.logImageBitmap(rec, ["camera", 1], video, { encoding: "jpeg", quality: 70 });
  void rr.logImageBitmap(rec, "upload", blob, { static: true, maxSize: 1024, opacity: 0.5 });
  console.log(isLogged);
  // @ts-expect-error: no kind of picture
  void rr.logImageBitmap(rec, "a", video, { encoding: "gif" });
}

/** The data of a server. */
export async function reading(url: URL, signal: AbortSignal): Promise<void> {
  const messages: ServerMessage[] = [];
  for await (const message of readMessages(url, { signal, headers: { authorization: "Bearer …" } })) {
    if (message.kind === "chunk") await sendTable(url, "chunk", message.readArrow());
    messages.push(message);
  }
  for await (const { name, arrow } of readTables()) console.log(name, arrow.byteLength);
}

/** Lines that must not compile. */
export function mistakes(rec: rr.RecordingStream): void {
  // @ts-expect-error: a mode of Node
  void rec.save("x.rrd");
  // @ts-expect-error: no files in a page
  void rr.FileSink;
  // @ts-expect-error: a picture's values are wanted, not an element
  void new rr.Image(document.createElement("img"));
}

/** To a relay, with the platform's own class or another one. */
export async function relay(rec: rr.RecordingStream): Promise<void> {
  await rec.connectWebSocket("wss://example.com/ws", { token: "s3cret", WebSocket, onFull: "drop-newest" });
  await rr.connectWebSocket("rerun+http://localhost:9876/proxy", { waitForConnection: true, timeoutMs: 1000 });
  await rec.setSinks([new rr.WebSocketSink(undefined, { token: async () => "s3cret" }), new rr.MemorySink()]);
  // @ts-expect-error -- a page cannot send headers with a WebSocket
  console.log(new rr.WebSocketSink(undefined, { headers: { authorization: "Bearer s3cret" } }));
}
