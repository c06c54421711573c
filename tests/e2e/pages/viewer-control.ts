// A viewer that its page controls, at the request of the test.
import type { WebViewer } from "@rerun-io/web-viewer";
import { decodeRrd } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";

const FRAMES = 20;
let opened: rr.viewer.OpenedWebViewer | undefined;

const files = new Map<string, Promise<Uint8Array>>();

/** A recording as a file: the same for every viewer. */
function recordingBytes(recordingId: string): Promise<Uint8Array> {
  const file = files.get(recordingId) ?? record(recordingId);
  files.set(recordingId, file);
  return file;
}

async function record(recordingId: string): Promise<Uint8Array> {
  const sink = new rr.MemorySink();
  const recording = new rr.RecordingStream("control", { recordingId });
  await recording.setSink(sink);
  for (let frame = 0; frame < FRAMES; frame++) {
    recording.setTime("frame", frame);
    recording.log("curve", new rr.Scalars(Math.sin(frame / 5)));
    recording.log("world/points", new rr.Points3D([[frame, 0, 1]]));
  }
  await recording.flush();
  const bytes = sink.toBytes();
  await recording.close();
  return bytes;
}

function viewer(): rr.viewer.OpenedWebViewer {
  if (opened === undefined) throw new Error("the viewer is not open");
  return opened;
}

const events: { readonly name: string; readonly event: object }[] = [];
const ends: (() => void)[] = [];
const EVENTS = ["time", "timeline", "play", "pause", "selection", "recordingopen"] as const;

const page = {
  events,
  async open() {
    opened = await rr.viewer.openWebViewer({
      element: document.querySelector("#viewer") as HTMLElement,
      renderBackend: "webgl",
    });
  },
  /** Records all events from now on. */
  listen() {
    ends.push(...EVENTS.map((name) => viewer().on(name, (event) => void events.push({ name, event }))));
  },
  unlisten() {
    for (const end of ends) end();
  },
  /** The stores in the data that the viewer saves. */
  async saved() {
    const stores = async (bytes: Promise<Uint8Array>): Promise<unknown> => [
      ...new Set(decodeRrd(await bytes).map((message) => (message.kind === "end" ? "end" : message.storeId.kind))),
    ];
    return [await stores(viewer().saveRecording()), await stores(viewer().saveBlueprint())];
  },
  sendTable: (name: string, arrow: readonly number[]) =>
    viewer().control.sendTable(name, Uint8Array.from(arrow), { timeoutMs: 60_000 }),
  savedBlueprint: async () => Array.from(await viewer().saveBlueprint()),
  recordingBytes: async (recordingId: string) => Array.from(await recordingBytes(recordingId)),
  openBytes: async (recordingId: string) => viewer().control.open(await recordingBytes(recordingId)),
  openBlob: async (recordingId: string) =>
    viewer().control.open(new File([new Uint8Array(await recordingBytes(recordingId))], "a.rrd")),
  /** Calls a method of the control. Errors are returned as their code and message. */
  async call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    try {
      const method = viewer().control[name as "state"] as (...all: readonly unknown[]) => Promise<unknown>;
      const result = await method(...args);
      return result instanceof Uint8Array ? Array.from(result) : result;
    } catch (error) {
      if (!rr.isRerunError(error)) throw error;
      return { code: error.code, message: error.message };
    }
  },
  setBlueprint: (origin: string) =>
    viewer().control.setBlueprint(new rrb.Blueprint(new rrb.TimeSeriesView({ origin, name: "only a chart" }))),
  /** Shows a recording without the control. */
  async show(recordingId: string) {
    const recording = new rr.RecordingStream("control", { recordingId });
    await recording.setSink(viewer().sink);
    recording.log("curve", new rr.Scalars(1));
    await recording.flush();
  },
  shownRecording: () => (viewer().viewer as WebViewer).get_active_recording_id(),
  /** Stops the viewer when it has just been asked for its state. */
  stopDuringState() {
    const asked = viewer().viewer as unknown as { get_state?: () => Promise<unknown>; stop(): void };
    const state = (Object.getPrototypeOf(asked) as Required<typeof asked>).get_state;
    asked.get_state = () => {
      const answer = state.call(asked);
      asked.stop();
      delete asked.get_state;
      return answer;
    };
  },
  stop: () => viewer().stop(),
  async start() {
    const parent = document.querySelector("#viewer");
    const started = viewer().viewer as unknown as { start(url: null, parent: unknown, options: object): Promise<void> };
    await started.start(null, parent, { width: "100%", height: "100%", render_backend: "webgl" });
  },
};

declare global {
  interface Window {
    controlled: typeof page;
  }
}
window.controlled = page;
