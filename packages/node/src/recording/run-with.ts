import { AsyncLocalStorage } from "node:async_hooks";
import { invalidArgument } from "@rerun-ts/core/checks";
import { trackTasks, type RecordingTask } from "@rerun-ts/core/recording";
import type { TimePointLike } from "@rerun-ts/core";
import { isOwnRecording, type RecordingStream } from "./recording-stream.ts";

let tasks: AsyncLocalStorage<RecordingTask> | undefined;

/**
 * Calls `run` with this recording for module functions such as `rr.log`. Each row gets `times`. This holds for
 * everything that `run` waits for or starts, and for nothing else: a server can log each request to a separate
 * recording. `rr.setTime` within `run` changes the times of this task alone. The recording stays open.
 *
 * @param times times in addition to the current ones of the recording; `{}` for none
 * @returns what `run` returns
 * @throws {TypeError} naming the wrong argument, and what `run` throws
 * @example
 * const server = createServer((request, response) => {
 *   const rec = new rr.RecordingStream("requests", { recordingId: crypto.randomUUID() });
 *   void rec.save(`${rec.recordingId}.rrd`);
 *   void rr.runWith(rec, { started: new Date() }, () => handle(request, response)).finally(() => rec.close());
 * });
 */
export function runWith<Result>(recording: RecordingStream, times: TimePointLike, run: () => Result): Result {
  if (!isOwnRecording(recording)) throw invalidArgument("recording", "a RecordingStream", recording);
  if (typeof run !== "function") throw invalidArgument("run", "a function", run);
  if (tasks === undefined) {
    const storage = (tasks = new AsyncLocalStorage<RecordingTask>());
    trackTasks(() => storage.getStore());
  }
  return tasks.run({ recording, view: recording.at(times) }, run);
}
