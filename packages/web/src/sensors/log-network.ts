import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";
import { PROXY_SERVICE_PATH } from "@rerun-ts/core/transport";
import { Scalars, TextLog } from "@rerun-ts/types";
import { observePerformance } from "./observe-performance.ts";
import { atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/** Options of {@link logNetwork}. */
export interface LogNetworkOptions {
  /** Chooses the logged requests. Default: all. Requests of this SDK are never logged. */
  filter?: ((entry: PerformanceResourceTiming) => boolean) | undefined;
  /** Whether the queries of addresses are logged. They may contain secrets. Default `false`. */
  query?: boolean | undefined;
}

/**
 * Logs the requests of a page until the returned function is called, including earlier ones. Each is logged as
 * `TextLog` with address, status, duration and size, and as `Scalars` `{path}/duration` in milliseconds,
 * `{path}/time_to_first_byte` and `{path}/bytes`. `log_time` is the beginning of the request. Browsers hide some
 * figures of other origins, and all methods.
 *
 * @throws {TypeError} if an argument or option is wrong
 * @example
 * const stop = rr.sensors.logNetwork(rec, "network", { filter: ({ initiatorType }) => initiatorType === "fetch" });
 */
export function logNetwork(recording: RecordingStream, path: string, options: LogNetworkOptions = {}): StopSensor {
  checkSensor(recording, path);
  checkOptions("logNetwork", options, { filter: "function", query: "boolean" });
  const { filter = () => true, query = false } = options;
  return observePerformance({
    resource: (entry) => {
      const request = entry as PerformanceResourceTiming;
      // Omits requests that send the log, because logging them would never end.
      if (request.name.includes(PROXY_SERVICE_PATH) || !filter(request)) return;
      const { name, startTime, duration, responseStart, transferSize, responseStatus, initiatorType } = request;
      const view = atPageTime(recording, startTime);
      const address = query ? name : name.replace(/[?#].*$/, "");
      const status = responseStatus > 0 ? `${responseStatus}, ` : "";
      const text = `${initiatorType} ${address}: ${status}${Math.round(duration)} ms, ${transferSize} bytes`;
      view.log(path, new TextLog(text, { level: responseStatus >= 400 ? "ERROR" : "INFO" }));
      view.log(childOf(path, "duration"), new Scalars(duration));
      if (responseStart > 0) view.log(childOf(path, "time_to_first_byte"), new Scalars(responseStart - startTime));
      view.log(childOf(path, "bytes"), new Scalars(transferSize));
    },
  });
}
