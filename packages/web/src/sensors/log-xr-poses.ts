import type { RecordingStream } from "@rerun-ts/core";
import { Transform3D } from "@rerun-ts/types";
import { atPageTime, childOf, type StopSensor } from "./sensor.ts";

/** A pose of WebXR: an `XRPose`. */
export interface XrPoseLike {
  /** The pose in the space that it was requested for. */
  readonly transform: {
    readonly position: { readonly x: number; readonly y: number; readonly z: number };
    readonly orientation: { readonly x: number; readonly y: number; readonly z: number; readonly w: number };
  };
}

/** The part of an `XRFrame` that is read. */
export interface XrFrameLike<Space> {
  /** The pose of the headset. */
  getViewerPose(space: Space): XrPoseLike | null | undefined;
  /** The pose of a controller. */
  getPose(space: Space, base: Space): XrPoseLike | null | undefined;
}

/** The part of an `XRSession` that is used. */
export interface XrSessionLike<Space> {
  /** The controllers; those with a `gripSpace` are logged. */
  readonly inputSources: Iterable<{ readonly handedness: string; readonly gripSpace?: Space | null | undefined }>;
  /** Requests a frame. */
  requestAnimationFrame(callback: (time: number, frame: XrFrameLike<Space>) => void): number;
  /** Cancels that. */
  cancelAnimationFrame(handle: number): void;
}

/**
 * Logs where a headset and its controllers are, in every frame of a WebXR session until the returned function is
 * called: `{path}/viewer`, and `{path}/left` and `/right` for controllers, as `Transform3D` in metres; y is up.
 *
 * @param session the `XRSession`
 * @param space the `XRReferenceSpace` that the poses are relative to
 * @example
 * const stop = rr.sensors.logXrPoses(rec, "xr", session, await session.requestReferenceSpace("local"));
 */
export function logXrPoses<Space>(
  recording: RecordingStream,
  path: string,
  session: XrSessionLike<Space>,
  space: Space,
): StopSensor {
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
