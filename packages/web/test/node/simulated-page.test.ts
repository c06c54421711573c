import { serveGrpcRelay } from "@rerun-ts/node";
import { RecordingStream, Scalars } from "@rerun-ts/web";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

it("a page that a test on Node simulates sends, without a global `addEventListener`", async () => {
  const page = new EventTarget();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { defaultView: page, visibilityState: "visible" }));
  const relay = await serveGrpcRelay({ port: 0, thread: false });
  const recording = new RecordingStream("page");
  await recording.connectGrpc(relay.url);
  recording.log("a", new Scalars(1));
  page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
  expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  await relay.close();
});
