import type { RecordingStream } from "@rerun-ts/core";
import { Scalars, TextLog } from "@rerun-ts/types";
import { observePerformance } from "./observe-performance.ts";
import { atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/** The parts of entries that TypeScript does not declare. */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

/** Events that take less are not logged. Browsers do not report less than 16 ms. */
const MIN_EVENT_MS = 40;

/**
 * Logs the smoothness of a page until the returned function is called, including earlier events. Measures are
 * `Scalars`: `{path}/long_task` (tasks over 50 ms), `/layout_shift` and its sum `/cumulative_layout_shift`,
 * `/first_contentful_paint`, `/largest_contentful_paint` and `/interaction` (from an input to the next paint), in
 * milliseconds. Each long task and slow interaction is logged as `TextLog` in `{path}/events`. `log_time` is its
 * beginning. Measures unknown to the browser are missing.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * const stop = rr.sensors.logPerformance(rec, "page");
 */
export function logPerformance(recording: RecordingStream, path: string): StopSensor {
  checkSensor(recording, path);
  let shifts = 0;
  const scalar = ({ startTime }: PerformanceEntry, part: string, value: number): void =>
    atPageTime(recording, startTime).log(childOf(path, part), new Scalars(value));
  const event = ({ startTime }: PerformanceEntry, text: string): void =>
    atPageTime(recording, startTime).log(childOf(path, "events"), new TextLog(text, { level: "WARN" }));
  return observePerformance({
    longtask: (entry) => {
      scalar(entry, "long_task", entry.duration);
      event(entry, `long task: ${Math.round(entry.duration)} ms`);
    },
    "layout-shift": (entry) => {
      const { value, hadRecentInput } = entry as LayoutShift;
      scalar(entry, "layout_shift", value);
      // As in the metric's definition, shifts right after user input do not count.
      if (!hadRecentInput) scalar(entry, "cumulative_layout_shift", (shifts += value));
    },
    paint: (entry) => {
      if (entry.name === "first-contentful-paint") scalar(entry, "first_contentful_paint", entry.startTime);
    },
    "largest-contentful-paint": (entry) => scalar(entry, "largest_contentful_paint", entry.startTime),
    event: (entry) => {
      if ((entry as PerformanceEventTiming).interactionId === 0 || entry.duration < MIN_EVENT_MS) return;
      scalar(entry, "interaction", entry.duration);
      event(entry, `slow interaction (${entry.name}): ${Math.round(entry.duration)} ms`);
    },
  });
}
