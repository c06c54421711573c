import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/encode";
import { messageOf } from "@rerun-ts/core/checks";
import type { ObjectStore } from "../store/object-store.ts";

const PIECE_BYTES = 8 * 1024 * 1024;

/** A part in a store. */
export interface StoredPart {
  readonly key: string;
  readonly size: number;
  readonly recordingId: string;
  /** The name of its layer. */
  readonly layer: string;
}

/** The files of the parts of a store: in a folder where the store is mounted, or to which parts are copied. */
export class PartFiles {
  readonly #store: Pick<ObjectStore, "url" | "read">;
  readonly #folder: string;
  readonly #isMounted: boolean;

  constructor(store: Pick<ObjectStore, "url" | "read">, folder: string, isMounted: boolean) {
    this.#store = store;
    this.#folder = folder;
    this.#isMounted = isMounted;
  }

  /**
   * Makes sure that the file of a part is there and complete. Resolves to its URL.
   *
   * @throws {RerunError} `INVALID_FORMAT` if the part is damaged, `NOT_FOUND` if the mounted folder does not have it, or
   * the error of the store
   */
  async prepare(part: StoredPart, signal: AbortSignal): Promise<string> {
    const path = join(this.#folder, ...part.key.split("/"));
    const stats = await stat(path).catch(() => undefined);
    if (stats?.size !== part.size) {
      if (this.#isMounted)
        throw new RerunError(
          "NOT_FOUND",
          `${path} has ${stats?.size ?? "no file"}, and ${this.#store.url}/${part.key} ${part.size} bytes`,
        );
      await this.#copy(part, path, signal);
    }
    await checkPart(part, path);
    return pathToFileURL(path).href;
  }

  async #copy({ key, size }: StoredPart, path: string, signal: AbortSignal): Promise<void> {
    const draft = `${path}.${randomId()}`;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, "wx");
    try {
      for (let at = 0; at < size;) {
        const piece = await this.#store.read(key, { offset: at, length: Math.min(PIECE_BYTES, size - at), signal });
        if (piece.byteLength === 0)
          throw new RerunError("INVALID_FORMAT", `${this.#store.url}/${key} has become shorter`);
        for (let written = 0; written < piece.byteLength;) written += (await file.write(piece, written)).bytesWritten;
        at += piece.byteLength;
      }
      await file.close();
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(draft, { force: true });
      throw error;
    }
  }
}

/** Checks the footer: the server reads a file without one into memory, and one damaged file refuses all others. */
async function checkPart({ recordingId }: StoredPart, path: string): Promise<void> {
  const { openRrdParts } = await import("@rerun-ts/arrow");
  let file;
  try {
    file = await openRrdParts([path]);
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", messageOf(error), { cause: error });
  }
  const isIn = file.recordings.some((recording) => recording.recordingId === recordingId);
  await file.close();
  if (!isIn) throw new RerunError("INVALID_FORMAT", `${path} has no recording ${JSON.stringify(recordingId)}`);
}
