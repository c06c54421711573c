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

it("an element treats `null` as frameworks mean it, and reports a recording that is none", async () => {
  customElements.define("other-viewer", class extends RerunViewerElement {});
  const element = document.createElement("other-viewer") as RerunViewerElement;
  const failures: string[] = [];
  element.addEventListener("failure", ({ detail }) => failures.push(`${detail.argument}: ${detail.message}`));
  const none = { recording: null, source: null, timeline: null, time: null, playing: null, selection: null };
  Object.assign(element, none);
  expect(Object.keys(none).map((name) => Reflect.get(element, name))).toEqual(Array(6).fill(undefined));
  element.recording = 5 as never;
  expect(failures).toEqual(["recording: `recording` must be a RecordingStream, got 5"]);
  expect(element.recording).toBeUndefined();
});
