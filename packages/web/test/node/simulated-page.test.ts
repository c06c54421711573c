import { serve } from "@rerun-ts/node";
import { RecordingStream, Scalars, sensors } from "@rerun-ts/web";
import type * as element from "@rerun-ts/web/element";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

it("a page that a test on Node simulates sends, without a global `addEventListener`", async () => {
  const page = new EventTarget();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { defaultView: page, visibilityState: "visible" }));
  const relay = await serve.serveGrpcRelay({ port: 0, thread: false });
  const recording = new RecordingStream("page");
  await recording.connectGrpc(relay.url);
  recording.log("a", new Scalars(1));
  page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
  expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  await relay.close();
});

/** A target of events of a simulated page, which refuses events and signals of Node. */
class PageTarget extends EventTarget {
  static readonly Event = class extends Event {
    readonly detail: unknown;

    constructor(type: string, { detail }: CustomEventInit = {}) {
      super(type);
      this.detail = detail;
    }
  };
  readonly ownerDocument = { defaultView: { CustomEvent: PageTarget.Event } };

  override dispatchEvent(event: Event): boolean {
    if (!(event instanceof PageTarget.Event)) throw new TypeError("parameter 1 is not of type 'Event'");
    return super.dispatchEvent(event);
  }

  override addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions | boolean): void {
    if (typeof options === "object" && options.signal !== undefined)
      throw new TypeError("parameter 3 has member 'signal' that is not of type 'AbortSignal'");
    super.addEventListener(type, listener, options);
  }
}

it("an element of a simulated page, whose events are not those of Node, reports failures", async () => {
  vi.stubGlobal("HTMLElement", PageTarget);
  // Loaded anew, because the class extends the `HTMLElement` of that time.
  const path = new URL("../../dist/element/rerun-viewer-element.js?simulated", import.meta.url).href;
  const { RerunViewerElement } = (await import(path)) as typeof element;
  const viewer = new RerunViewerElement();
  const failures: unknown[] = [];
  viewer.addEventListener("failure", ({ detail }) => failures.push(detail));
  viewer.recording = 5 as never;
  expect(failures).toMatchObject([{ code: "INVALID_ARGUMENT", argument: "recording" }]);
});

it("sensors listen in a simulated page, and stop", async () => {
  const page = new PageTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("DeviceMotionEvent", class {});
  const recording = new RecordingStream("sensors");
  const memory = recording.memoryRecording();
  const target = page as unknown as HTMLElement;
  const stops = [sensors.logPointer(recording, "pointer", { target }), sensors.logDeviceMotion(recording, "motion")];
  const move = async (): Promise<number> => {
    for (const type of ["pointermove", "devicemotion"]) {
      const event = new PageTarget.Event(type);
      Object.defineProperty(event, Symbol.toStringTag, { value: "PointerEvent" });
      const pointer = { pointerId: 1, pointerType: "mouse", pressure: 0.5, buttons: 0, clientX: 1, clientY: 2 };
      page.dispatchEvent(Object.assign(event, pointer, { acceleration: { x: 1, y: 2, z: 3 } }));
    }
    await recording.flush();
    return memory.numMessages;
  };
  const first = await move();
  expect(await move()).toBeGreaterThan(first);
  const last = await move();
  for (const stop of stops) stop();
  expect(await move()).toBe(last);
  await recording.close();
});
