import type { ObjectInfo } from "../store/object-store.ts";

/** A listed object of a recording, which may be a part. It takes little memory, because there may be a great many. */
export class RecordingObject implements ObjectInfo {
  readonly key: string;
  readonly size: number;
  readonly recordingId: string;
  readonly #ms: number | undefined;

  /** @param recordingId the same text for all objects of the recording */
  constructor({ key, size, modified }: ObjectInfo, recordingId: string) {
    this.key = key;
    this.size = size;
    this.recordingId = recordingId;
    this.#ms = modified?.getTime();
  }

  get modified(): Date | undefined {
    return this.#ms === undefined ? undefined : new Date(this.#ms);
  }

  /** The name of the layer in catalogs, if it is a part: the key without the dataset and the extension. */
  get layer(): string {
    return this.key.slice(this.key.indexOf("/", "v1/".length) + 1, this.key.lastIndexOf("."));
  }
}
