// Controls a viewer, at the request of the test.
import * as rr from "@rerun-ts/web";
import { MemorySink, RecordingStream, Scalars, isRerunError, init } from "@rerun-ts/web";

async function control(url: string) {
  const recording = init("control");
  await recording.connectGrpc(url);
  for (let frame = 0; frame < 20; frame++) recording.log("curve", new Scalars(frame), { time: { frame } });
  await recording.flush();
  const viewer = await rr.viewer.connectViewer(url);
  const { time } = await whenItIsThere(() => viewer.setTime({ timeline: "frame", at: 7, play: false }));
  const png = await viewer.screenshot({ maxSize: 200 });
  const { width } = await createImageBitmap(new Blob([Uint8Array.from(png)], { type: "image/png" }));
  const missing = await viewer.setTime({ timeline: "no such", at: 1 }).then(
    () => "it did not fail",
    (error: unknown) => (isRerunError(error) ? error.code : String(error)),
  );
  await recording.close();
  const { recordings } = await viewer.open(new Blob([await otherRecording()]), { timeoutMs: 60_000 });
  return { opened: recordings, version: (await viewer.state()).viewerVersion, time: String(time), width, missing };
}

/** A recording as a file. */
async function otherRecording(): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  const other = new RecordingStream("other", { recordingId: "sent" });
  await other.setSink(sink);
  other.log("curve", new Scalars(1));
  await other.close();
  return sink.toBytes();
}

/** Repeats a call until the viewer has drawn the logged data. */
async function whenItIsThere<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isRerunError(error) || error.code !== "INVALID_ARGUMENT") throw error;
    }
  }
}

declare global {
  interface Window {
    control: typeof control;
  }
}
window.control = control;
