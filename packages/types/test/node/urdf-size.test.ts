import { RecordingStream } from "@rerun-ts/core";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { loadUrdf } from "@rerun-ts/types";
import { expect, it } from "vitest";

/** A robot whose joints all begin at one link, and each of which follows the one before. */
function star(joints: number): string {
  const all = Array.from(
    { length: joints },
    (_, at) =>
      `<link name="l${at}"/><joint name="j${at}" type="continuous"><parent link="base"/><child link="l${at}"/>` +
      `${at === 0 ? "" : `<mimic joint="j${at - 1}"/>`}</joint>`,
  );
  return `<robot name="star"><link name="base"/>${all.join("")}</robot>`;
}

/** The processor time in microseconds of logging and moving a robot. */
async function timeOf(joints: number): Promise<number> {
  const recording = new RecordingStream("urdf", { sendProperties: false });
  const memory = recording.memoryRecording();
  const robot = await loadUrdf(star(joints));
  const start = process.cpuUsage();
  await robot.log(recording);
  robot.setJoints({ j0: 1 });
  const { user, system } = process.cpuUsage(start);
  expect(valuesOf(memory.drainAsBytes(), "/tf", "Transform3D:child_frame")).toHaveLength(joints);
  return user + system;
}

it("a robot with many joints at one link, which follow each other, takes time in proportion", async () => {
  await timeOf(500);
  const few = await timeOf(2000);
  expect(await timeOf(32_000)).toBeLessThan(32 * few + 300_000);
}, 60_000);
