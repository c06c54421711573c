import { RecordingStream } from "@rerun-ts/core";
import type { Chunk } from "@rerun-ts/reading/chunks";
import { openRrd } from "@rerun-ts/reading";

/**
 * The shapes of a robot as static chunks, below the robot's name. The joints are not among them, because transforms
 * have separate topics.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the text is not URDF
 */
export async function* robotChunks(urdf: string): AsyncGenerator<Chunk, void, undefined> {
  // Loaded on demand, because programs without robots need no archetypes.
  const { loadUrdf } = await import("@rerun-ts/types");
  const robot = await loadUrdf(urdf);
  const recording = new RecordingStream("robot", { sendProperties: false });
  const memory = recording.memoryRecording();
  await robot.log(recording);
  const file = await openRrd(memory.drainAsBytes());
  for await (const chunk of file.recording().chunks()) {
    const isJoint = chunk.components.some((component) => component.startsWith("Transform3D:"));
    if (!isJoint) yield chunk;
  }
}
