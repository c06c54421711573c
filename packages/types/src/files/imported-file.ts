import type { EntityPath, RecordingStream, RecordingView } from "@rerun-ts/core";

/** A file whose kind is known. */
export interface ImportedFile {
  readonly recording: RecordingStream;
  /** The recording at the times of the call. */
  readonly at: RecordingView;
  /** Where its contents go. */
  readonly path: EntityPath;
  readonly name: string;
  /** In lower case. */
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** Whether times were asked for. */
  readonly isTimed: boolean;
  /** Whether it shall have no times at all. */
  readonly isStatic: boolean;
}

/** Logs a file. Throws `RerunError`. */
export type Importer = (file: ImportedFile) => void | Promise<void>;
