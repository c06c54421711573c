import type { RecordingStream, SetSinksOptions } from "@rerun-ts/core";
import { checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { OPFS_SINK_OPTIONS, OpfsSink, type OpfsSinkOptions } from "./opfs-sink.ts";

/** Options of {@link RecordingStream.saveToOpfs}. */
export interface SaveToOpfsOptions extends OpfsSinkOptions, SetSinksOptions {}

const OPTIONS: OptionNames<SaveToOpfsOptions> = { ...OPFS_SINK_OPTIONS, defaultBlueprint: 1 };

/** Implements `recording.saveToOpfs`, whose first call loads this module. */
export async function saveToOpfs(
  recording: RecordingStream,
  name: string,
  options: SaveToOpfsOptions = {},
): Promise<void> {
  checkOptions("saveToOpfs", options, OPTIONS);
  const { defaultBlueprint, ...sinkOptions } = options;
  await recording.setSink(new OpfsSink(name, sinkOptions), { defaultBlueprint });
}
