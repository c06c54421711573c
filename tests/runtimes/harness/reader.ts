import { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";
import { receivedRrd, type Received } from "@rerun-ts/test-support/common/received-messages";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";

const TIMEOUT_MS = 20_000;
const POLL_MS = 10;

/** Reads all recordings of a server, and distinguishes them by their ids. */
export class RecordingsReader {
  readonly #client: RelayReaderClient;

  constructor(url: string) {
    this.#client = new RelayReaderClient(url);
  }

  /** The messages of a recording that were received so far. */
  of(recordingId: string): Received[] {
    // The id is a string in each message.
    return this.#client.messages.filter(({ payload }) => Buffer.from(payload).includes(recordingId));
  }

  /** Writes a recording to a file as soon as `count` of its chunks were received. */
  async save(recordingId: string, file: string, count: number): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      const messages = this.of(recordingId);
      const chunks = messages.filter(({ kind }) => kind === "chunk").length;
      if (chunks >= count) return writeFile(file, receivedRrd(messages));
      if (performance.now() > deadline) throw new Error(`${recordingId}: received ${chunks} of ${count} chunks`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  stop(): void {
    this.#client.stop();
  }
}
