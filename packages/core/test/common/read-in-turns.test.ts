import { RecordingStream } from "@rerun-ts/core";
import { readEncodedMessages, readEncodedMessagesInTurns } from "@rerun-ts/core/decode";
import { eventLoopTurn } from "@rerun-ts/core/recording";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { Tensor } from "@rerun-ts/types";
import { expect, test } from "vitest";

test("readEncodedMessagesInTurns reads what readEncodedMessages does, with a turn after each megabyte", async () => {
  const recording = new RecordingStream("turns");
  const memory = recording.memoryRecording();
  for (let index = 0; index < 5; index++) recording.log(`tensor/${index}`, new Tensor(noise(200_000, index)));
  const rrd = memory.drainAsBytes();
  const over = new AbortController();
  let turns = 0;
  const counted = (async () => {
    while (!over.signal.aborted) {
      await eventLoopTurn();
      turns++;
    }
  })();
  const messages = await readEncodedMessagesInTurns(rrd);
  over.abort();
  await counted;
  expect(messages).toEqual(readEncodedMessages(rrd));
  expect(turns).toBeGreaterThanOrEqual(5);
  await expect(readEncodedMessagesInTurns(new Uint8Array(20))).rejects.toMatchObject({ code: "INVALID_FORMAT" });
});
