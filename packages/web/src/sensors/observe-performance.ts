import type { StopSensor } from "./sensor.ts";

/** Calls a function for each entry of the browser's timeline, by its type, including those so far. */
export function observePerformance(listeners: Readonly<Record<string, (entry: PerformanceEntry) => void>>): StopSensor {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) listeners[entry.entryType]?.(entry);
  });
  const supported = new Set(PerformanceObserver.supportedEntryTypes);
  for (const type of Object.keys(listeners)) {
    if (supported.has(type)) observer.observe({ type, buffered: true });
  }
  return () => observer.disconnect();
}
