// The element `<rerun-viewer>`, at the request of the test.
import { WebViewer } from "@rerun-io/web-viewer";
import { decodeRrd } from "@rerun-ts/core/decode";
import { MemorySink, RecordingStream, Scalars, viewer } from "@rerun-ts/web";
import { RerunViewerElement } from "@rerun-ts/web/element";

const events: [name: string, detail: unknown][] = [];
const live = new RecordingStream("live", { recordingId: "live" });

async function fileOf(recordingId: string): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  const recording = new RecordingStream("element", { recordingId });
  await recording.setSink(sink);
  for (let frame = 0; frame < 10; frame++) {
    recording.setTime("frame", frame);
    recording.log("curve", new Scalars(frame));
  }
  await recording.close();
  return sink.toBytes();
}

/** The options with which the viewer was started. */
let startOptions: object | undefined;
/** The ends of all starts: whether the viewer was ready. */
const starts: Promise<boolean>[] = [];
/** Called at the next start. */
let onStart: (() => void) | undefined;
const start = Object.getOwnPropertyDescriptor(WebViewer.prototype, "start")?.value as (...all: unknown[]) => unknown;
Object.defineProperty(WebViewer.prototype, "start", {
  value(this: WebViewer, ...all: unknown[]) {
    startOptions = all[2] as object;
    const starting = Promise.resolve(Reflect.apply(start, this, all));
    starts.push(starting.then(() => this.ready));
    onStart?.();
    return starting;
  },
});

/** Whether dropped files are refused. */
let isRefusing = false;

/** Adds the element to the page, with a recording that logs. */
function add(): void {
  const element = document.createElement("rerun-viewer");
  element.setAttribute("theme", "light");
  element.panels = { blueprint: "hidden", selection: "hidden" };
  element.style.cssText = "display: block; width: 300px; height: 200px";
  element.recording = live;
  for (const name of ["ready", "failure", "recordingopen", "time", "pause", "filedrop"])
    element.addEventListener(name, (event) => {
      const { detail } = event as CustomEvent<unknown>;
      if (name === "filedrop" && isRefusing) event.preventDefault();
      if (name === "filedrop")
        events.push([name, (detail as { files: readonly File[] }).files.map((file) => file.name)]);
      else events.push([name, name === "ready" ? undefined : name === "failure" ? String(detail) : detail]);
    });
  document.body.append(element);
  // In the same task.
  element.options = {
    memoryLimit: "1GiB",
    manifestUrl: "/examples.json",
    enableHistory: true,
    login: { signedInUrl: "/in.html", signedOutUrl: "/out.html" },
    theme: "dark",
  };
  for (let frame = 0; frame < 10; frame++) live.log("curve", new Scalars(frame), { time: { frame } });
}

function added(): RerunViewerElement {
  const found = document.querySelector("rerun-viewer");
  if (!(found instanceof RerunViewerElement)) throw new Error("the page has no element of the viewer");
  return found;
}

/** The ids of the recordings in the viewer. */
async function shown(): Promise<string[]> {
  const control = await added().control;
  return (await control.state({ timeoutMs: 60_000 })).recordings.map(({ storeId }) => storeId).sort();
}

const tested = {
  add,
  startOptions: () => startOptions,
  events,
  shown,
  fileOf: async (id: string) => Array.from(await fileOf(id)),
  showBytes: async (id: string) => void (added().source = await fileOf(id)),
  showFile: async (id: string) => void (added().source = new File([await fileOf(id)], "a.rrd")),
  showUrl: (url: string) => added().setAttribute("src", url),
  refuse: (refusing: boolean) => void (isRefusing = refusing),
  /** Drops recordings, and a file that is none, on the viewer. */
  async drop(...names: readonly string[]) {
    const dataTransfer = new DataTransfer();
    for (const name of names) {
      const [id, extension] = name.split(".") as [string, string];
      dataTransfer.items.add(new File([extension === "rrd" ? await fileOf(id) : "no recording"], name));
    }
    const options = { bubbles: true, cancelable: true, dataTransfer };
    const canvas = document.querySelector("canvas");
    const isAllowed = canvas?.dispatchEvent(new DragEvent("dragover", options)) === false;
    canvas?.dispatchEvent(new DragEvent("drop", options));
    return isAllowed;
  },
  showText: (name: string) => void (added().source = new File(["no recording"], name)),
  setTime: (properties: object) => void Object.assign(added(), properties),
  /** The time of a recording. */
  time: async (id: string) => {
    const { recordings } = await (await added().control).state({ timeoutMs: 60_000 });
    const { timeline, time, playState } = recordings.find(({ storeId }) => storeId === id) ?? {};
    return { timeline, time: Number(time), playState };
  },
  /** Opens a viewer with options that it cannot have. */
  openWith: (options: object) =>
    viewer.openWebViewer({ element: document.body, ...options }).then(
      () => "opened",
      (error: unknown) => String(error),
    ),
  showWrong: () => void (added().source = 5 as never),
  pause: async (at: number) =>
    (await added().control).setTime({ timeline: "frame", at, play: false, recording: "Recording:live:live" }),
  /** Takes the element out of the page and puts it in again, in one step. */
  move: () => document.body.append(added()),
  remove: () => added().remove(),
  /** Adds an element and removes it again while its viewer starts, several times. Returns which viewers were ready. */
  async addBriefly() {
    const before = starts.length;
    const element = document.createElement("rerun-viewer");
    for (let count = 1; count <= 3; count++) {
      // A frame later a fast viewer may be ready.
      const started = new Promise<void>((resolve) => (onStart = resolve));
      document.body.append(element);
      await started;
      if (count === 3) break;
      element.remove();
      // In the same task it would only be moved.
      await new Promise(requestAnimationFrame);
    }
    await element.opened;
    element.remove();
    return Promise.all(starts.slice(before));
  },
  /** The number of rows that the recording has kept since the viewer has gone. */
  keptRows: async () => {
    live.log("curve", new Scalars(2));
    const memory = new MemorySink();
    await live.setSink(memory);
    return decodeRrd(memory.toBytes()).filter(({ kind }) => kind === "chunk").length;
  },
};

declare global {
  interface Window {
    tested: typeof tested;
  }
}
window.tested = tested;
