import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";
import { PROXY_SERVICE_PATH } from "@rerun-ts/core/transport";
import { Scalars, TextLog } from "@rerun-ts/types";
import { observePerformance } from "./observe-performance.ts";
import { observeRequestMethods } from "./request-methods.ts";
import { atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/** Options of {@link logNetwork}. */
export interface LogNetworkOptions {
  /** Chooses the logged requests. Default: all. Requests of this SDK are never logged. */
  filter?: ((entry: PerformanceResourceTiming) => boolean) | undefined;
  /** Whether the queries of addresses are logged. They may contain secrets. Default `false`. */
  query?: boolean | undefined;
}

/**
 * Logs the requests of a page, including earlier ones, until the returned function is called or the recording is
 * closed. Each is logged as `TextLog` with method, address, status, duration and size, and as `Scalars`
 * `{path}/duration` in milliseconds, `{path}/time_to_first_byte` and `{path}/bytes`. `log_time` is the beginning of the
 * request. Headers, bodies, and users in addresses are not logged. Browsers hide some figures of other origins.
 *
 * Browsers do not report methods. They are taken from the calls of `fetch` and `XMLHttpRequest`, which behave as
 * before, and are left out where they are not certain: in requests before the call of `logNetwork`, and in those that
 * start another time than their calls.
 *
 * @throws {TypeError} if an argument or option is wrong
 * @example
 * const stop = rr.sensors.logNetwork(rec, "network", { filter: ({ initiatorType }) => initiatorType === "fetch" });
 */
export function logNetwork(recording: RecordingStream, path: string, options: LogNetworkOptions = {}): StopSensor {
  checkSensor(recording, path);
  checkOptions("logNetwork", options, { filter: "function", query: "boolean" });
  const { filter = () => true, query = false } = options;
  const methods = observeRequestMethods();
  const stop = (): void => {
    stopObserver();
    methods.stop();
  };
  const stopObserver = observePerformance({
    resource: (entry) => {
      if (recording.state === "closed") return stop();
      const request = entry as PerformanceResourceTiming;
      // Omits requests that send the log, because logging them would never end.
      if (request.name.includes(PROXY_SERVICE_PATH) || !filter(request)) return;
      const { name, startTime, duration, responseStart, transferSize, responseStatus, initiatorType } = request;
      const view = atPageTime(recording, startTime);
      const address = addressOf(name, query);
      const status = responseStatus > 0 ? `${responseStatus}, ` : "";
      const method = methods.methodOf(request);
      const what = method === undefined ? initiatorType : `${initiatorType} ${method}`;
      const text = `${what} ${address}: ${status}${Math.round(duration)} ms, ${transferSize} bytes`;
      view.log(path, new TextLog(text, { level: responseStatus >= 400 ? "ERROR" : "INFO" }));
      view.log(childOf(path, "duration"), new Scalars(duration));
      if (responseStart > 0) view.log(childOf(path, "time_to_first_byte"), new Scalars(responseStart - startTime));
      view.log(childOf(path, "bytes"), new Scalars(transferSize));
    },
  });
  return stop;
}

/** An address without the user and the password that it may contain. */
function addressOf(name: string, withQuery: boolean): string {
  if (!URL.canParse(name)) return "";
  const url = new URL(name);
  url.username = "";
  url.password = "";
  return withQuery ? url.href : url.href.replace(/[?#].*$/, "");
}
