import { createHash } from "node:crypto";
import type { ObjectStore } from "@rerun-ts/storage";
import { RecordingStream, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { expect } from "vitest";
import type { Commit } from "../dist/commits/commit.js";
import { Ingester } from "../dist/ingest/ingester.js";
import { encodePack } from "../dist/nats/pack.js";
import { ingesterSettings } from "./ingester-settings.ts";
import { FakeStream } from "./logic/ingest/fake-stream.ts";

/** Recordings that an ingester writes to a store. */
export class IngestedRecordings {
  /** The commits so far. */
  readonly commits: Commit[] = [];
  readonly #stream = new FakeStream();
  readonly #ingester: Ingester;
  readonly #running: Promise<void>;
  /** The messages and the rows of each recording so far. */
  readonly #sent = new Map<string, { messages: number; rows: number }>();
  #pushed = 0;

  constructor(store: ObjectStore) {
    const events = { onWarning: () => {}, onCommit: (commit: Commit) => void this.commits.push(commit) };
    this.#ingester = new Ingester(ingesterSettings(store, this.#stream, events));
    this.#running = this.#ingester.run();
  }

  /** Commits some rows of recordings, together with some points. */
  async commit(ids: readonly string[], rows: number = 5, points: number = 0): Promise<Commit> {
    let run = "";
    for (const [index, id] of ids.entries()) {
      const sent = this.#sent.get(id) ?? { messages: 0, rows: 0 };
      run = createHash("sha256").update(id).digest("hex").slice(0, 16);
      const [info, ...messages] = messagesOf(id, sent.rows, rows, index === 0 ? points : 0);
      const { storeId, payload } = info as EncodedMessage;
      const number = sent.messages + 1;
      this.#sent.set(id, { messages: sent.messages + messages.length, rows: sent.rows + rows });
      const pack = { run, number, count: messages.length, storeId, storeInfo: payload, messages };
      this.#stream.push(encodePack(pack));
      this.#pushed++;
    }
    const before = this.commits.length;
    await expect.poll(() => this.#stream.handled).toBe(this.#pushed);
    this.#stream.ask(run);
    await expect.poll(() => this.commits.length, { timeout: 20_000 }).toBe(before + 1);
    return this.commits.at(-1) as Commit;
  }

  async end(): Promise<void> {
    this.#ingester.finish();
    this.#stream.end();
    await this.#running;
  }
}

/** The store info and the messages of rows, with a static text. */
function messagesOf(recordingId: string, first: number, rows: number, points: number): readonly EncodedMessage[] {
  const recording = new RecordingStream("fleet", { recordingId, batcher: { flushNumRows: 0 } });
  const memory = recording.memoryRecording();
  recording.log("note", new TextLog("static"), { static: true });
  for (let row = first; row < first + rows; row++) {
    recording.setTime("row", row);
    recording.log("rows", new Scalars(row / 2));
  }
  const random = (): number => Math.random();
  if (points > 0) recording.log("points", new Points3D(Float32Array.from({ length: 3 * points }, random)));
  const messages = readEncodedMessages(memory.drainAsBytes());
  const isInfo = ({ kind }: EncodedMessage): boolean => kind === "storeInfo";
  return [...messages.filter(isInfo).slice(0, 1), ...messages.filter((message) => !isInfo(message))];
}
