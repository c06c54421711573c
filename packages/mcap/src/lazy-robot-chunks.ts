import type { Chunk } from "@rerun-ts/reading/chunks";

/**
 * The shapes of a robot as static chunks. What makes them is loaded on demand, because it logs to a recording and reads
 * that again, which most files do not need.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the text is not URDF
 */
export async function* lazyRobotChunks(urdf: string): AsyncGenerator<Chunk, void, undefined> {
  const { robotChunks } = await import("./chunks/robot-chunks.ts");
  yield* robotChunks(urdf);
}
