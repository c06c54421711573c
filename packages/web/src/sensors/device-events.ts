import type { RecordingStream } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { reportSensor, type StopSensor } from "./sensor.ts";

/** The events of a device's sensors. */
interface DeviceEvents {
  readonly devicemotion: DeviceMotionEvent;
  readonly deviceorientation: DeviceOrientationEvent;
}

/** The class of such an event, which asks the user for permission on iOS. */
interface DeviceEventClass {
  readonly prototype: Event;
  readonly requestPermission?: (() => Promise<string>) | undefined;
}

/** Listens to a sensor of the device. On some platforms the user must permit this first. */
export function listenToDevice<Type extends keyof DeviceEvents>(
  recording: RecordingStream,
  type: Type,
  eventClass: DeviceEventClass | undefined,
  listener: (event: DeviceEvents[Type]) => void,
): StopSensor {
  let isStopped = false;
  // No signal: a simulated page refuses that of Node.
  const listen = (): void => {
    if (!isStopped) globalThis.addEventListener(type, listener as (event: Event) => void);
  };
  const ask = async (requestPermission: () => Promise<string>): Promise<void> => {
    try {
      const permission = await requestPermission.call(eventClass);
      if (permission === "granted") return listen();
      reportSensor(recording, "AUTH", `\`${type}\` events are not logged: the user has not allowed them`);
    } catch (error) {
      reportSensor(recording, "AUTH", `\`${type}\` events are not logged: ${messageOf(error)}`);
    }
  };
  if (eventClass === undefined)
    reportSensor(recording, "UNSUPPORTED", `this browser has no \`${type}\` events; they need https or localhost`);
  else if (eventClass.requestPermission === undefined) listen();
  else void ask(eventClass.requestPermission);
  return () => {
    isStopped = true;
    globalThis.removeEventListener(type, listener as (event: Event) => void);
  };
}
