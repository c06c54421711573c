// The viewer as a component in strict mode, which the test mounts, unmounts and gives other recordings.
import type { WebViewer } from "@rerun-io/web-viewer";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";
import { RerunViewer } from "@rerun-ts/react";
import { StrictMode, createElement, useEffect, type ReactElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

const root = createRoot(document.querySelector("#app") as HTMLElement);
const problems: string[] = [];
const onProblem = ({ message }: rr.RerunError): void => void problems.push(message);
const recordings = ["first", "second"].map(
  (recordingId) => new rr.RecordingStream("react", { recordingId, onWarning: onProblem, onError: onProblem }),
);
const opened: rr.viewer.OpenedWebViewer[] = [];
const onReady = (ready: rr.viewer.OpenedWebViewer): void => void opened.push(ready);
const failures: unknown[] = [];
/** Enough that playing does not come to their end. */
const FRAMES = 10_000;

const events: string[] = [];

// Further properties of the component, which the tests set before the component is mounted.
let others: object = {};
let mounts = 0;

function Shown({ recording }: { readonly recording: rr.RecordingStream | undefined }): ReactElement {
  useEffect(() => {
    mounts++;
  }, []);
  const onTime = (): void => void events.push(`time of ${recording?.recordingId}`);
  const props = { recording, renderBackend: "webgl", style: { height: 400 }, onReady, onTime, ...others } as const;
  return createElement(RerunViewer, props);
}

/** A file with many frames. */
async function fileOf(recordingId: string): Promise<Uint8Array<ArrayBuffer>> {
  const memory = new rr.MemorySink();
  const recording = new rr.RecordingStream("react", { recordingId });
  await recording.setSink(memory);
  for (let frame = 0; frame < FRAMES; frame++) recording.log("wave", new rr.Scalars(frame), { time: { frame } });
  await recording.close();
  return memory.toBytes();
}

const page = {
  problems,
  failures,
  /** Shows a file with these properties, and without a recording. */
  async showFile(recordingId: string, properties: object) {
    await page.change({ source: new File([await fileOf(recordingId)], "a.rrd"), ...properties });
  },
  /** Renders the component with other properties. */
  async change(properties: object) {
    others = { ...others, onError: (error: unknown) => failures.push(String(error)), ...properties };
    root.render(createElement(StrictMode, null, createElement(Shown, { recording: undefined })));
  },
  /** The state of the recording that the viewer shows. */
  async active() {
    const state = await opened.at(-1)?.control.state({ timeoutMs: 60_000 });
    const { activeRecording } = state ?? {};
    const { timeline, time, playState } = state?.recordings.find(({ storeId }) => storeId === activeRecording) ?? {};
    return { activeRecording, timeline, time: Number(time), playState };
  },
  /** Moves the time of the viewer. Returns the name of each event that the last rendered function got. */
  async setTime(frame: number) {
    events.length = 0;
    await opened.at(-1)?.control.setTime({ timeline: "frame", at: frame, play: false, timeoutMs: 60_000 });
    return new Promise<readonly string[]>((resolve) => {
      const look = (): unknown => (events.length > 0 ? resolve(events) : setTimeout(look, 10));
      look();
    });
  },
  /** Gives the component a default blueprint, a chart on this background, and a property that it does not have. */
  layOut(background: string) {
    const chart = new rrb.TimeSeriesView({ contents: [], background });
    others = { defaultBlueprint: new rrb.Blueprint(chart, { collapsePanels: true }) };
  },
  /** Shows a recording; `undefined` unmounts the component. */
  show(index: number | undefined) {
    const shown = index === undefined ? null : createElement(Shown, { recording: recordings[index] });
    root.render(createElement(StrictMode, null, shown));
  },
  /** Mounts the component, unmounts it before the viewer can have opened, and mounts it again. */
  remount() {
    for (const index of [0, undefined, 0]) flushSync(() => page.show(index));
  },
  log(index: number, from: number, to: number) {
    for (let frame = from; frame < to; frame++)
      recordings[index]?.log("wave", new rr.Scalars(Math.sin(frame / 10)), { time: { frame } });
  },
  close: (index: number) => recordings[index]?.close(),
  /** How often effects were run for a component that was mounted: twice in strict mode. */
  mounts: () => mounts,
  opened: () => opened.length,
  canvases: () => document.querySelectorAll("canvas").length,
  states: () => recordings.map(({ state }) => state),
  range(index: number) {
    const viewer = opened.at(-1)?.viewer as WebViewer | undefined;
    return viewer?.ready === true ? viewer.get_time_range(recordings[index]?.recordingId ?? "", "frame") : undefined;
  },
};

declare global {
  interface Window {
    react: typeof page;
  }
}
window.react = page;
