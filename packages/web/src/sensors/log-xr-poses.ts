import type { RecordingStream } from "@rerun-ts/core";
import { Transform3D } from "@rerun-ts/types";
import { atPageTime, checkSensor, childOf, type StopSensor } from "./sensor.ts";

/** A pose of WebXR: an `XRPose`. */
export interface XrPoseLike {
  /** The pose in the requested space. */
  readonly transform: {
    readonly position: { readonly x: number; readonly y: number; readonly z: number };
    readonly orientation: { readonly x: number; readonly y: number; readonly z: number; readonly w: number };
  };
}

/** The used part of an `XRFrame`. */
export interface XrFrameLike<Space> {
  /** The pose of the headset. */
  getViewerPose(space: Space): XrPoseLike | null | undefined;
  /** The pose of a controller. */
  getPose(space: Space, base: Space): XrPoseLike | null | undefined;
}

/** The used part of an `XRSession`. */
export interface XrSessionLike<Space> {
  /** The controllers. Only controllers with a `gripSpace` are logged. */
  readonly inputSources: Iterable<{ readonly handedness: string; readonly gripSpace?: Space | null | undefined }>;
  /** Calls a function before the next frame of the headset is drawn. */
  requestAnimationFrame(callback: (time: number, frame: XrFrameLike<Space>) => void): number;
  /** Cancels a requested frame. */
  cancelAnimationFrame(handle: number): void;
}

/**
 * Logs the poses of a headset and its controllers until the returned function is called. In every frame of a WebXR
 * session, `{path}/viewer`, and `{path}/left` and `/right` for controllers, are logged as `Transform3D` in metres, with
 * y up.
 *
 * @param session the `XRSession`
 * @param space the `XRReferenceSpace` of the poses
 * @throws {TypeError} if an argument is wrong
 * @example
 * const stop = rr.sensors.logXrPoses(rec, "xr", session, await session.requestReferenceSpace("local"));
 */
export function logXrPoses<Space>(
  recording: RecordingStream,
  path: string,
  session: XrSessionLike<Space>,
  space: Space,
): StopSensor {
  checkSensor(recording, path);
  let handle = 0;
  const onFrame = (time: number, frame: XrFrameLike<Space>): void => {
    handle = session.requestAnimationFrame(onFrame);
    const view = atPageTime(recording, time);
    const log = (part: string, pose: XrPoseLike | null | undefined): void => {
      if (!pose) return;
      const { position, orientation } = pose.transform;
      const { x, y, z, w } = orientation;
      const translation = [position.x, position.y, position.z];
      view.log(childOf(path, part), new Transform3D({ translation, quaternion: [x, y, z, w] }));
    };
    log("viewer", frame.getViewerPose(space));
    for (const { handedness, gripSpace } of session.inputSources) {
      if (gripSpace) log(handedness, frame.getPose(gripSpace, space));
    }
  };
  handle = session.requestAnimationFrame(onFrame);
  return () => session.cancelAnimationFrame(handle);
}
