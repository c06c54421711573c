import type { RecordingStream } from "@rerun-ts/core";
import { Scalars } from "@rerun-ts/types";
import { listenToDevice } from "./device-events.ts";
import { allOf, atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/**
 * Logs the accelerometer and the gyroscope of a phone until the returned function is called. Values are `Scalars` of x,
 * y and z: `{path}/acceleration` and `{path}/acceleration_with_gravity` in m/s², `{path}/rotation_rate` in degrees per
 * second.
 *
 * Needs `https` or `localhost`. Call it from a click, because iOS asks the user. A refusal is an `error` event with the
 * code `AUTH`. Devices without such sensors log nothing.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * button.onclick = () => rr.sensors.logDeviceMotion(rec, "phone");
 */
export function logDeviceMotion(recording: RecordingStream, path: string): StopSensor {
  checkSensor(recording, path);
  return listenToDevice(recording, "devicemotion", globalThis.DeviceMotionEvent, (event) => {
    const { acceleration, accelerationIncludingGravity: withGravity, rotationRate } = event;
    const view = atPageTime(recording, event.timeStamp);
    const vectors = {
      acceleration: allOf(acceleration?.x, acceleration?.y, acceleration?.z),
      acceleration_with_gravity: allOf(withGravity?.x, withGravity?.y, withGravity?.z),
      rotation_rate: allOf(rotationRate?.beta, rotationRate?.gamma, rotationRate?.alpha),
    };
    for (const [part, vector] of Object.entries(vectors)) {
      if (vector !== undefined) view.log(childOf(path, part), new Scalars(vector));
    }
  });
}
