// A crane from a URDF file: its shapes once, and its joints over time.
import * as rr from "@rerun-ts/node";

const FRAMES = 180;

/** Logs the scene; `robot` is the crane. */
export async function logScene(rec: rr.RecordingStream, robot: rr.files.UrdfTree): Promise<void> {
  await robot.log(rec);
  rec.log("joints", new rr.SeriesLines({ names: ["turn", "lift", "reach"], colors: ["tomato", "gold", "skyblue"] }), {
    static: true,
  });
  for (let frame = 0; frame < FRAMES; frame++) {
    const phase = (frame / FRAMES) * 2 * Math.PI;
    const [turn, lift, reach] = [phase, 0.4 + 0.6 * Math.sin(2 * phase), 0.5 - 0.5 * Math.cos(phase)];
    const time = { frame };
    // The grab stays level: its joint mimics `lift`.
    robot.setJoints({ turn, lift, reach }, { time });
    rec.log("joints", new rr.Scalars([turn, lift, reach]), { time });
  }
}
