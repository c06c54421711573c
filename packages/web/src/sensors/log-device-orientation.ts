import type { RecordingStream } from "@rerun-ts/core";
import { Scalars, Transform3D } from "@rerun-ts/types";
import { listenToDevice } from "./device-events.ts";
import { allOf, atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/**
 * Logs the orientation of a phone until the returned function is called. It is a `Transform3D` from the device to the
 * earth, with the axes east, north and up (or, without a compass, arbitrary but for up). It is also logged in degrees
 * as `Scalars` of alpha, beta and gamma in `{path}/angles`.
 *
 * Needs `https` or `localhost`. Call it from a click, because iOS asks the user. A refusal is an `error` event with the
 * code `AUTH`. Devices without such sensors log nothing.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * button.onclick = () => rr.sensors.logDeviceOrientation(rec, "phone");
 */
export function logDeviceOrientation(recording: RecordingStream, path: string): StopSensor {
  checkSensor(recording, path);
  return listenToDevice(recording, "deviceorientation", globalThis.DeviceOrientationEvent, (event) => {
    const angles = allOf(event.alpha, event.beta, event.gamma);
    if (angles === undefined) return;
    const view = atPageTime(recording, event.timeStamp);
    view.log(path, new Transform3D({ quaternion: quaternionOf(angles) }));
    view.log(childOf(path, "angles"), new Scalars(angles));
  });
}

/** The rotation for angles in degrees, around z, x and y. Source: W3C Device Orientation and Motion, annex A.1. */
function quaternionOf([alpha = 0, beta = 0, gamma = 0]: readonly number[]): [number, number, number, number] {
  const half = (degrees: number): number => (degrees * Math.PI) / 360;
  const [cx, cy, cz] = [Math.cos(half(beta)), Math.cos(half(gamma)), Math.cos(half(alpha))];
  const [sx, sy, sz] = [Math.sin(half(beta)), Math.sin(half(gamma)), Math.sin(half(alpha))];
  return [
    sx * cy * cz - cx * sy * sz,
    cx * sy * cz + sx * cy * sz,
    cx * cy * sz + sx * sy * cz,
    cx * cy * cz - sx * sy * sz,
  ];
}
