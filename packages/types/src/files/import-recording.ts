import type { ImportedFile } from "./imported-file.ts";

/**
 * Logs a file that is a recording or a blueprint, as the native SDKs do: each message stays what it is, of the recording
 * that it belongs to. Only a blueprint that stands alone becomes one of this recording's application.
 */
export async function importRecording({ recording, bytes, extension }: ImportedFile): Promise<void> {
  // What reads recordings is only loaded for this.
  const { readEncodedMessages } = await import("@rerun-ts/core/decode");
  const { applicationId } = recording;
  const isBlueprint = extension === "rbl";
  recording.sendMessages(
    readEncodedMessages(bytes, isBlueprint ? { storeOf: (storeId) => ({ ...storeId, applicationId }) } : {}),
  );
}
