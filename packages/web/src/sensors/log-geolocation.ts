import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions } from "@rerun-ts/core/checks";
import { GeoPoints, Scalars } from "@rerun-ts/types";
import { atEpoch, checkSensor, childOf, reportSensor, type StopSensor } from "./sensor.ts";

/** Options of {@link logGeolocation}, which are passed to the browser. */
export interface LogGeolocationOptions {
  /** Whether to use GPS rather than the network. Default `true`. */
  enableHighAccuracy?: boolean | undefined;
  /** Greatest age of a first position, in milliseconds. Default 0. */
  maximumAge?: number | undefined;
}

/** The meaning of the codes of errors, because some browsers give no message. */
const REASONS: Readonly<Record<number, string>> = {
  1: "the user or the page's policy has refused it",
  2: "the device has no source of positions",
  3: "the device did not find it in time",
};

const PARTS = ["accuracy", "altitude", "speed", "heading"] as const;

/**
 * Logs the position of the device until the returned function is called. It is logged as `GeoPoints` for maps, and as
 * `Scalars` in `{path}/accuracy` and `/altitude` in metres, `/speed` in m/s and `/heading` in degrees, if the device
 * knows them. `log_time` is the time of the position.
 *
 * The browser asks the user. A refusal is an `error` event with the code `AUTH`. An unknown position is reported, and
 * later ones are logged.
 *
 * @throws {TypeError} if an argument or option is wrong
 * @example
 * const stop = rr.sensors.logGeolocation(rec, "phone/position");
 */
export function logGeolocation(
  recording: RecordingStream,
  path: string,
  options: LogGeolocationOptions = {},
): StopSensor {
  checkSensor(recording, path);
  checkOptions("logGeolocation", options, { enableHighAccuracy: "boolean", maximumAge: 1 });
  const geolocation = (globalThis.navigator as Partial<Navigator> | undefined)?.geolocation;
  if (geolocation === undefined) {
    reportSensor(recording, "UNSUPPORTED", "this browser has no geolocation; it needs https or localhost");
    return () => {};
  }
  const onPosition = ({ coords, timestamp }: GeolocationPosition): void => {
    const view = atEpoch(recording, timestamp);
    view.log(path, new GeoPoints({ latLon: [[coords.latitude, coords.longitude]] }));
    for (const part of PARTS) {
      const value = coords[part];
      if (typeof value === "number" && !Number.isNaN(value)) view.log(childOf(path, part), new Scalars(value));
    }
  };
  const onFailure = ({ code, message }: GeolocationPositionError): void => {
    const isRefused = code === GeolocationPositionError.PERMISSION_DENIED;
    reportSensor(recording, isRefused ? "AUTH" : "INTERNAL", `the position is unknown: ${message || REASONS[code]}`);
  };
  const { enableHighAccuracy = true, maximumAge = 0 } = options;
  const id = geolocation.watchPosition(onPosition, onFailure, { enableHighAccuracy, maximumAge });
  return () => geolocation.clearWatch(id);
}
