import { ImportPace } from "@rerun-ts/core/recording";
import type { ImportedFile } from "./imported-file.ts";

/**
 * Logs a file that is a recording or a blueprint, as the native SDKs do: messages are forwarded unchanged and keep
 * their recording. Only a blueprint file (`.rbl`) is assigned to the application of this recording.
 */
export async function importRecording({ recording, bytes, extension }: ImportedFile): Promise<void> {
  // The reader is loaded lazily.
  const { readEncodedMessagesInTurns } = await import("@rerun-ts/core/decode");
  const { applicationId } = recording;
  const isBlueprint = extension === "rbl";
  // Everything is read first, so that no part of a damaged file is logged.
  const messages = await readEncodedMessagesInTurns(
    bytes,
    isBlueprint ? { storeOf: (storeId) => ({ ...storeId, applicationId }) } : {},
  );
  await new ImportPace(recording).log(messages);
}
