import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { fractions, logLine, opaqueColors, pieces } from "../data.ts";
import { readingFolder } from "../run-peers.ts";
import { JOINTS } from "./programs.ts";

/** A point cloud has as many points. */
const POINTS = 20;
const BATTERY_STEPS = 100;
/** The number of steps after which the data repeats. */
const PERIOD = 10_000;

/**
 * Makes the recording of a robot, about 650 bytes for each step: ten joints, a small point cloud and a line of text at
 * every step, and the battery now and then. Returns its path; it is made once.
 */
export async function makeRecording(steps: number): Promise<string> {
  const path = join(readingFolder, `robot-${steps}.rrd`);
  if (existsSync(path)) return path;
  await mkdir(readingFolder, { recursive: true });
  const rec = new rr.RecordingStream("benchmark", { recordingId: "robot" });
  await rec.save(path);
  const joints = Array.from({ length: JOINTS }, (_, joint) => `robot/joint_${joint}`);
  const angles = pieces(fractions(PERIOD * JOINTS, 21, 3), JOINTS);
  const positions = pieces(new Float32Array(fractions(PERIOD * POINTS * 3, 22, 100)), POINTS * 3);
  const colors = pieces(opaqueColors(PERIOD * POINTS, 23), POINTS);
  for (let step = 0; step < steps; step++) {
    const at = step % PERIOD;
    rec.setTime("step", step);
    for (const [joint, entity] of joints.entries()) rec.log(entity, new rr.Scalars(angles[at]?.[joint] ?? 0));
    rec.log("robot/cloud", new rr.Points3D(positions[at] as Float32Array, { colors: colors[at] }));
    rec.log("robot/log", new rr.TextLog(logLine(step), { level: "INFO" }));
    if (step % BATTERY_STEPS === 0) rec.log("robot/battery", new rr.Scalars(1 - step / steps));
    // The queue to the file is emptied now and then.
    if (step % PERIOD === 0) await rec.flush();
  }
  await rec.close();
  return path;
}
