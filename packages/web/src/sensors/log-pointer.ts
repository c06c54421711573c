import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions, invalidArgument, kindOf } from "@rerun-ts/core/checks";
import { Points2D, Scalars, TextLog } from "@rerun-ts/types";
import { atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/** Options of {@link logPointer}. */
export interface LogPointerOptions {
  /** The element whose events are logged. Default: the window. */
  target?: EventTarget | undefined;
}

/** The pointers that are logged at most at the same time: more than a person has fingers. */
const MAX_POINTERS = 32;

/**
 * Logs the mouse, pens and fingers until the returned function is called. It logs their positions in CSS pixels as
 * `Points2D`, the strongest pressure as `Scalars` in `{path}/pressure`, and presses and releases as `TextLog` in
 * `{path}/events`. `log_time` is the time of the event.
 *
 * @throws {TypeError} if an argument or option is wrong
 * @example
 * const stop = rr.sensors.logPointer(rec, "pointer", { target: canvas });
 */
export function logPointer(recording: RecordingStream, path: string, options: LogPointerOptions = {}): StopSensor {
  checkSensor(recording, path);
  checkOptions("logPointer", options, { target: 1 });
  const { target = globalThis } = options;
  if (typeof target?.addEventListener !== "function") throw invalidArgument("target", "an element", target);
  const pointers = new Map<number, PointerEvent>();
  const onEvent = (given: Event): void => {
    // Elements of another window have events of another class.
    if (kindOf(given) !== "PointerEvent") return;
    const event = given as PointerEvent;
    const { type, pointerId, pointerType } = event;
    const isGone =
      type === "pointercancel" || type === "pointerleave" || (type === "pointerup" && pointerType !== "mouse");
    if (isGone) pointers.delete(pointerId);
    else if (pointers.has(pointerId) || pointers.size < MAX_POINTERS) pointers.set(pointerId, event);
    const view = atPageTime(recording, event.timeStamp);
    const active = [...pointers.values()];
    view.log(path, new Points2D(active.map(({ clientX, clientY }) => [clientX, clientY])));
    view.log(childOf(path, "pressure"), new Scalars(Math.max(0, ...active.map(({ pressure }) => pressure))));
    if (type !== "pointermove")
      view.log(childOf(path, "events"), new TextLog(`${type} ${pointerType} ${pointerId}, buttons ${event.buttons}`));
  };
  const types = ["pointermove", "pointerdown", "pointerup", "pointercancel", "pointerleave"];
  // No signal: the elements of a simulated page refuse that of Node.
  for (const type of types) target.addEventListener(type, onEvent, { passive: true });
  return () => {
    for (const type of types) target.removeEventListener(type, onEvent);
  };
}
