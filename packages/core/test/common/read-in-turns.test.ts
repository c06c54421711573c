import { RecordingStream, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages, readEncodedMessagesInTurns } from "@rerun-ts/core/decode";
import { countTurns } from "@rerun-ts/test-support/common/count-turns";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { Tensor } from "@rerun-ts/types";
import { expect, test } from "vitest";

/** A message with its bytes as text, because comparing arrays of bytes takes half a minute. */
function withText({ payload, ...message }: EncodedMessage): unknown {
  return { ...message, payload: new TextDecoder("latin1").decode(payload) };
}

test("readEncodedMessagesInTurns reads what readEncodedMessages does, with a turn after each megabyte", async () => {
  const recording = new RecordingStream("turns");
  const memory = recording.memoryRecording();
  for (let index = 0; index < 5; index++) recording.log(`tensor/${index}`, new Tensor(noise(200_000, index)));
  const rrd = memory.drainAsBytes();
  let messages: readonly EncodedMessage[] = [];
  const turns = await countTurns(async () => (messages = await readEncodedMessagesInTurns(rrd)));
  expect(messages.map(withText)).toEqual(readEncodedMessages(rrd).map(withText));
  expect(turns).toBeGreaterThanOrEqual(5);
  await expect(readEncodedMessagesInTurns(new Uint8Array(20))).rejects.toMatchObject({ code: "INVALID_FORMAT" });
});
