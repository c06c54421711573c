import type { EncodedMessage } from "@rerun-ts/core";
import { RecordingStream, Scalars, TextDocument } from "@rerun-ts/node";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { Relay, type RelayReader } from "@rerun-ts/node/relay";
import { describe, expect, it } from "vitest";

const KIB = 1024;

/** Messages of a program that logs a picture as static data, over and over, beside rows. */
function loggedInLoop(rounds: number, entities: number): readonly EncodedMessage[] {
  const rec = new RecordingStream("loop", { recordingId: "loop", logTime: false, batcher: { flushNumRows: 0 } });
  const memory = rec.memoryRecording();
  for (let round = 0; round < rounds; round++) {
    for (let entity = 0; entity < entities; entity++) {
      const text = Array.from({ length: 2000 }, () => Math.random().toString(36)).join("");
      rec.log(`picture/${entity}`, new TextDocument(`${round} ${text}`), { static: true });
    }
    rec.log("rows", new Scalars(round), { time: { round } });
  }
  return readEncodedMessages(memory.drainAsBytes());
}

/** The numbers of messages that a late reader gets: of static data, and of rows. */
function countFor(relay: Relay): { statics: number; rows: number } {
  const reader: RelayReader = relay.subscribe("messages", { onReady() {}, onDisconnected() {} });
  const counts = { statics: 0, rows: 0 };
  for (let message = reader.take(); message !== undefined; message = reader.take()) {
    if (message.kind !== "chunk") continue;
    if (message.isStatic) counts.statics++;
    else counts.rows++;
  }
  relay.unsubscribe(reader);
  return counts;
}

describe("static data that is logged over and over", () => {
  it.each([1, 3])("does not push rows out of a relay: %i entities", (entities) => {
    const relay = new Relay({ memoryLimit: 1024 * KIB, isNewestFirst: false, maxReaderBytes: 2 ** 30 });
    for (const message of loggedInLoop(200, entities)) relay.writeEncoded({ ...message, isBlueprint: false });
    const { statics, rows } = countFor(relay);
    expect(rows).toBe(200);
    // The newest of each entity, the properties of the recording, and what came since the last search.
    expect(statics).toBeGreaterThanOrEqual(entities + 1);
    expect(statics).toBeLessThan(10);
    expect(relay.history.bytes).toBeLessThan(1024 * KIB);
  });

  it("stays if it cannot be read", () => {
    const relay = new Relay({ memoryLimit: 256 * KIB, isNewestFirst: false, maxReaderBytes: 2 ** 30 });
    const [info, ...chunks] = loggedInLoop(3, 1);
    if (info !== undefined) relay.writeEncoded({ ...info, isBlueprint: false });
    const damaged = chunks
      .filter(({ isStatic }) => isStatic)
      .map((message) => ({ ...message, payload: message.payload.slice() }));
    for (const { payload } of damaged) payload.fill(0xff, 120, payload.length - 64);
    for (const message of damaged) relay.writeEncoded({ ...message, isBlueprint: false });
    expect(countFor(relay).statics).toBe(damaged.length);
  });
});
