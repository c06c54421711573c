import { rm, stat } from "node:fs/promises";
import { sealAgain } from "@rerun-ts/node/parts";
import { partKey } from "../parts/part-key.ts";
import { uploadPart, type PartStore } from "../parts/part-store.ts";
import { FileSource } from "../store/file-source.ts";
import { inTurn } from "../store/in-turn.ts";
import { hashOf, readStoreId } from "./part-contents.ts";
import type { RunFacts, SpooledPart } from "./run-folder.ts";

/** A part that the store has. */
export interface SentPart {
  /** The key in the bucket. */
  readonly key: string;
  /** The size of the part in bytes. */
  readonly bytes: number;
  /** Whether an earlier upload has created the object: its response was lost, or its program was killed. */
  readonly wasThere: boolean;
  /** The number of bytes of an incomplete message that a loss of power has left at the end. 0 for whole parts. */
  readonly lostBytes: number;
}

/**
 * Uploads a part, and removes it from its spool. A part without its end is sealed again before.
 *
 * @param sha256Of gives the SHA-256 of a file
 * @param isKept whether the file stays
 */
export async function sendPart(
  store: PartStore,
  facts: RunFacts,
  { path, number }: Pick<SpooledPart, "path" | "number">,
  signal: AbortSignal,
  sha256Of: (path: string) => Promise<string> = (file) => hashOf(file, "sha256"),
  isKept = false,
): Promise<SentPart> {
  const lostBytes = await sealAgain(path);
  const { size: bytes } = await stat(path);
  const { kind, applicationId, recordingId } = await readStoreId(path);
  const isRecording = kind === "recording";
  const id = isRecording ? recordingId : applicationId;
  const keyOfRun = (run: string): string =>
    partKey({ ...facts, run, kind: isRecording ? "recording" : "layout", id, number });
  // With a hash or a checksum, the server rejects a part that was cut when a program was killed. Without it, some
  // servers would store such a part.
  const upload = {
    key: keyOfRun(facts.run),
    keyOfRun,
    body: new FileSource(path, bytes),
    sha256: () => sha256Of(path),
    md5: () => hashOf(path, "md5"),
  };
  const uploaded = await uploadPart(store, upload, signal);
  // To remove a large file takes some milliseconds.
  if (!isKept) await rm(path, { force: true });
  return { ...uploaded, bytes, lostBytes };
}

/** Gives the SHA-256 of files one after the other, so that the first upload begins before all files are read. */
export function sha256InTurn(): (path: string) => Promise<string> {
  return inTurn((path) => hashOf(path, "sha256"));
}
