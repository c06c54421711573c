import { RecordingStream } from "@rerun-ts/web";
import { RerunViewerElement } from "@rerun-ts/web/element";
import { expect, it } from "vitest";

it("an element keeps the properties that a page sets before the element is defined", async () => {
  const early = document.createElement("early-viewer");
  const recording = new RecordingStream("early");
  const options = { memoryLimit: "1GiB" };
  const wanted = { recording, options, source: "a.rrd", timeline: "frame", time: 5, playing: false, selection: "/a" };
  Object.assign(early, wanted);
  customElements.define("early-viewer", class extends RerunViewerElement {});
  customElements.upgrade(early);
  expect(early).toMatchObject(wanted);
  // They are properties of the class: later changes reach the viewer.
  expect(Object.keys(early)).not.toContain("source");
  expect(Object.getOwnPropertyNames(early)).not.toContain("recording");
  await recording.close();
});
