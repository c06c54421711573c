import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { Relay, type RelayReader } from "@rerun-ts/node/relay";
import { messageOf } from "@rerun-ts/test-support/node/relay-messages";
import { expect, it } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MIB = 1024 * 1024;
/** What passes the relay in a round, about 4 MB. */
const MESSAGES = 4000;
const ROUNDS = 12;

/** The memory of messages after a garbage collection. */
function usedBytes(): number {
  for (let time = 0; time < 3; time++) collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

it("a relay keeps no more than its history and the first messages, however much passes", async () => {
  const relay = new Relay({ memoryLimit: 2 * MIB, isNewestFirst: false, maxReaderBytes: MIB });
  const subscribe = (): RelayReader => relay.subscribe("messages", { onReady() {}, onDisconnected() {} });
  const write = (name: string): void => {
    relay.writeEncoded({ ...messageOf(name, 1000), isBlueprint: name.startsWith("b") });
  };
  // These are retained for as long as there is a relay.
  for (const name of ["i1", "b1", "s1"]) write(name);
  const reader = subscribe();
  const late: RelayReader[] = [];
  const used: number[] = [];
  let received = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let row = 0; row < MESSAGES; row++) {
      write(`a${row}`);
      while (reader.take() !== undefined) received++;
    }
    // Readers that come later, and leave or become too slow while they still have messages to take.
    const joined = subscribe();
    for (let count = 0; count < 10; count++) joined.take();
    if (round % 2 === 0) relay.unsubscribe(joined);
    else late.push(joined);
    await new Promise((resolve) => setImmediate(resolve));
    used.push(usedBytes());
  }
  expect(received).toBe(3 + ROUNDS * MESSAGES);
  expect(relay.receivedBytes).toBeGreaterThan(40 * MIB);
  expect(late.slice(0, -1).every(({ isDetached }) => isDetached)).toBe(true);
  expect(Math.max(...used) - (used[0] ?? 0)).toBeLessThan(4 * MIB);
});
