import type { RecordingStream, SetSinksOptions } from "@rerun-ts/core";
import { OpfsSink, type OpfsSinkOptions } from "./opfs-sink.ts";

/** Options of {@link RecordingStream.saveToOpfs}. */
export interface SaveToOpfsOptions extends OpfsSinkOptions, SetSinksOptions {}

/** Implements `recording.saveToOpfs`, whose first call loads this module. */
export async function saveToOpfs(
  recording: RecordingStream,
  name: string,
  { defaultBlueprint, ...options }: SaveToOpfsOptions = {},
): Promise<void> {
  await recording.setSink(new OpfsSink(name, options), { defaultBlueprint });
}
