import type { ResolveMesh } from "../urdf/archetype-of-shape.ts";
import type { EntityPath, RecordingStream, RecordingView } from "@rerun-ts/core";

/** A file on its way to an importer. */
export interface ImportedFile {
  readonly recording: RecordingStream;
  /** The recording with the times of the call. */
  readonly view: RecordingView;
  /** The entity for the file's contents. */
  readonly path: EntityPath;
  /** The prefix in the options. */
  readonly prefix: EntityPath;
  readonly name: string;
  /** The extension in lower case. */
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** Whether the options have times. */
  readonly isTimed: boolean;
  /** Whether the options ask for static data. */
  readonly isStatic: boolean;
  /** Finds the files to which this file refers. */
  readonly resolveMesh: ResolveMesh | undefined;
}

/**
 * Logs the contents of a file of one kind.
 *
 * Everything is logged when it returns, or when the promise resolves that it returns. It chooses the archetypes and, if
 * the options have no times, the timeline. The entity path and the recording are in `file`.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the contents are invalid
 */
export type Importer = (file: ImportedFile) => void | Promise<void>;
