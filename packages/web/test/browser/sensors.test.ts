import type { MemoryRecording } from "@rerun-ts/core";
import { RecordingStream, sensors, type RerunError } from "@rerun-ts/web";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "vitest/browser";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

const { logDeviceMotion, logDeviceOrientation, logNetwork, logPerformance, logPointer, logXrPoses } = sensors;

/** Clicks into the middle of an element, as a user does. */
async function click(element: Element): Promise<void> {
  const frame = window.frameElement?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const { left, top, width, height } = element.getBoundingClientRect();
  await commands.clickAt(frame.left + left + width / 2, frame.top + top + height / 2);
}

describe("sensors of a page", () => {
  let rec: RecordingStream;
  let memory: MemoryRecording;
  let errors: RerunError[];
  let data: Uint8Array[];
  let stop: () => void = () => {};

  beforeEach(() => {
    errors = [];
    data = [];
    rec = new RecordingStream("sensors", { sendProperties: false, onError: (error) => errors.push(error) });
    memory = rec.memoryRecording();
  });
  afterEach(() => stop());

  /** All values of a component so far. */
  function values(entity: string, component: string): unknown[] {
    data.push(memory.drainAsBytes());
    return data.flatMap((rrd) => valuesOf(rrd, entity, component));
  }

  /** Dispatches events until there are values: the browser is asked for permission first. */
  async function dispatchUntil(event: () => Event, entity: string, component: string): Promise<unknown> {
    const dispatch = (): unknown[] => {
      dispatchEvent(event());
      return values(entity, component);
    };
    await expect.poll(dispatch, { timeout: 10_000 }).not.toEqual([]);
    return values(entity, component)[0];
  }

  it("the pointer is logged with positions, presses and the times of events, until it is stopped", async () => {
    const button = document.createElement("button");
    button.textContent = "press";
    document.body.append(button);
    stop = logPointer(rec, "pointer", { target: button });
    const events: PointerEvent[] = [];
    button.addEventListener("pointerdown", (event) => events.push(event));
    await click(button);
    const { left, right } = button.getBoundingClientRect();
    const rrd = memory.drainAsBytes();
    const [x = -1] = (valuesOf(rrd, "/pointer", "Points2D:positions").at(-1) as number[][])[0] ?? [];
    expect(x).toBeGreaterThan(left);
    expect(x).toBeLessThan(right);
    expect(valuesOf(rrd, "/pointer/events", "TextLog:text").flat()).toContain(
      `pointerdown mouse ${events[0]?.pointerId}, buttons 1`,
    );
    const presses = readChunks(rrd).filter(({ entityPath }) => entityPath === "/pointer/events");
    const expected = performance.timeOrigin + (events[0]?.timeStamp ?? 0);
    const times = presses.flatMap(({ times: all }) => all["log_time"] ?? []).map((time) => Number(time) / 1e6);
    expect(times).toContainEqual(expect.closeTo(expected, 0));
    stop();
    await click(button);
    button.remove();
    expect(values("/pointer", "Points2D:positions")).toEqual([]);
  });

  it("the pointer is logged in an element of another window", () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const other = frame.contentWindow as unknown as typeof globalThis;
    const element = (frame.contentDocument as Document).createElement("div");
    stop = logPointer(rec, "pointer", { target: element });
    element.dispatchEvent(new other.PointerEvent("pointerdown", { pointerId: 7, clientX: 3, clientY: 4 }));
    frame.remove();
    expect(values("/pointer", "Points2D:positions")).toEqual([[[3, 4]]]);
  });

  it("wrong arguments are rejected by their names", () => {
    const target = "#canvas" as never;
    expect(() => logPointer(rec, "pointer", { target })).toThrow('`target` must be an element, got "#canvas"');
    for (const log of [logPointer, logDeviceMotion, logDeviceOrientation, logNetwork, logPerformance]) {
      expect(() => log(undefined as never, "a")).toThrow("`recording` must be a RecordingStream, got undefined");
      expect(() => log(rec, undefined as never)).toThrow("`path` must be an entity path");
    }
  });

  it("the orientation of the device is logged as a rotation and as angles", async ({ skip }) => {
    if (!("DeviceOrientationEvent" in globalThis)) skip("this browser has no orientation");
    stop = logDeviceOrientation(rec, "phone");
    const event = (): Event => new DeviceOrientationEvent("deviceorientation", { alpha: 90, beta: 0, gamma: 0 });
    const half = expect.closeTo(Math.SQRT1_2, 5) as number;
    const zero = expect.closeTo(0, 5) as number;
    expect(await dispatchUntil(event, "/phone", "Transform3D:quaternion")).toEqual([[zero, zero, half, half]]);
    expect(values("/phone/angles", "Scalars:scalars")[0]).toEqual([90, 0, 0]);
  });

  it("the motion of the device is logged, without what the device lacks", async ({ skip }) => {
    if (!("DeviceMotionEvent" in globalThis)) skip("this browser has no motion");
    stop = logDeviceMotion(rec, "phone");
    const accelerationIncludingGravity = { x: 1, y: 2, z: 9.5 };
    const event = (): Event => new DeviceMotionEvent("devicemotion", { accelerationIncludingGravity });
    expect(await dispatchUntil(event, "/phone/acceleration_with_gravity", "Scalars:scalars")).toEqual([1, 2, 9.5]);
    expect(values("/phone/acceleration", "Scalars:scalars")).toEqual([]);
  });

  it("long tasks of the page are logged with their durations, and as text", async ({ skip }) => {
    if (!PerformanceObserver.supportedEntryTypes.includes("longtask")) skip("this browser does not report long tasks");
    stop = logPerformance(rec, "page");
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        for (const end = performance.now() + 80; performance.now() < end;);
        resolve();
      }),
    );
    const longest = (): number => Math.max(...(values("/page/long_task", "Scalars:scalars").flat() as number[]));
    await expect.poll(longest).toBeGreaterThanOrEqual(80);
    expect(values("/page/events", "TextLog:text").flat()[0]).toMatch(/^long task: \d+ ms$/);
  });

  it("requests are logged with address, status, duration and size, without queries and those of this SDK", async () => {
    stop = logNetwork(rec, "network", { filter: ({ initiatorType }) => initiatorType === "fetch" });
    await (await fetch("/no-such-page?secret=1")).text();
    const path = "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";
    await (await fetch(path, { method: "POST" })).text();
    await (await fetch("/another-page")).text();
    await expect.poll(() => values("/network", "TextLog:text").flat().join("\n")).toContain("/another-page");
    const texts = values("/network", "TextLog:text").flat().join("\n");
    // Not all browsers tell the status.
    const status = "responseStatus" in PerformanceResourceTiming.prototype ? "\\d+, " : "";
    expect(texts).toMatch(new RegExp(`fetch GET http:\\S+/no-such-page: ${status}\\d+ ms, \\d+ bytes`));
    expect(texts).not.toContain("MessageProxyService");
    expect(values("/network/duration", "Scalars:scalars").length).toBeGreaterThanOrEqual(2);
  });

  it("requests are logged without the user and the password of their addresses, also with their queries", async () => {
    stop = logNetwork(rec, "network", { query: true });
    const request = new XMLHttpRequest();
    request.open("GET", "/with-user?page=2", true, "somebody", "secret");
    request.send();
    await expect.poll(() => values("/network", "TextLog:text").flat().join("\n")).toContain("/with-user?page=2");
    expect(values("/network", "TextLog:text").flat().join("\n")).not.toMatch(/somebody|secret/);
  });

  it("the poses of a headset and its controllers are logged in every frame of a session", () => {
    let callback: ((time: number, frame: sensors.XrFrameLike<string>) => void) | undefined;
    const session: sensors.XrSessionLike<string> = {
      inputSources: [{ handedness: "left", gripSpace: "grip" }, { handedness: "right" }],
      requestAnimationFrame: (next) => ((callback = next), 1),
      cancelAnimationFrame: () => (callback = undefined),
    };
    const poseAt = (x: number) => ({
      transform: { position: { x, y: 1.6, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
    });
    stop = logXrPoses(rec, "xr", session, "local");
    callback?.(performance.now(), { getViewerPose: () => poseAt(1), getPose: () => poseAt(2) });
    const translation = (x: number): unknown => [[[x, expect.closeTo(1.6, 5), 0]]];
    expect(values("/xr/viewer", "Transform3D:translation")).toEqual(translation(1));
    expect(values("/xr/left", "Transform3D:translation")).toEqual(translation(2));
    expect(values("/xr/right", "Transform3D:translation")).toEqual([]);
    stop();
    expect(callback).toBeUndefined();
  });
});
