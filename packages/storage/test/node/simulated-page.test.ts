import { PartsSink, type PartStore } from "@rerun-ts/storage/web";
import { RecordingStream, Scalars } from "@rerun-ts/web";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

it("a page that a test on Node simulates sends its parts, without a global `addEventListener`", async () => {
  vi.stubGlobal("document", Object.assign(new EventTarget(), { defaultView: new EventTarget() }));
  const keys: string[] = [];
  const store: PartStore = { url: "memory:", create: async (key) => (keys.push(key), true) };
  const recording = new RecordingStream("page", { onWarning: () => {} });
  await recording.setSink(new PartsSink(store, { dataset: "fleet" }));
  recording.log("a", new Scalars(1));
  expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  expect(keys).toHaveLength(1);
});
