import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect, onTestFinished } from "vitest";
import type { types } from "@rerun-ts/node";
import { openSocket } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, RelayReaderClient, frameOf } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, messagesOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";
import { RelayProcess } from "./harness/relay-process.ts";
import { it } from "./harness/test.ts";

const MB = 1_000_000;
const WRITES = isSoak ? 1000 : 20;
const MESSAGE_BYTES = 100_000;
/** How much of each resource an attacker tries to hold. */
const SCALE = isSoak ? 4 : 1;
/** The messages that fill the memory of the server with full sizes only. */
const KEPT_BYTES = isSoak ? 64 * 1024 * 1024 : 0;
/** How often the writer is measured at most: other programs may keep the machine busy for a moment. */
const ATTEMPTS = 6;
/** The least latency that counts as slow. Below it other programs of the machine may be the reason. */
const SLOW_MS = 250;

const tokens = { write: { authorization: "Bearer write" }, read: { authorization: "Bearer read" }, none: {} } as const;
type Token = keyof typeof tokens;

/** The tools of an attacker. */
interface Attacker {
  readonly relay: RelayProcess;
  readonly headers: Readonly<Record<string, string>>;
  client(): Http2Client;
  socket(head: string): void;
}

interface Attack {
  readonly tokens: readonly Token[];
  /** The memory that the relay may use, besides that of Node and the package at its start. */
  readonly moreBytes: number;
  readonly options?: types.GrpcServerSinkOptions;
  readonly hold: (attacker: Attacker) => Promise<void> | void;
}

function prefixOf(bytes: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes, 1);
  return prefix;
}

/** Begins a message of a given size, of which only a part is sent. */
function beginMessages(attacker: Attacker, method: string, announced: number, sent: number): void {
  const beginning = Buffer.concat([prefixOf(announced), Buffer.alloc(sent)]);
  for (let connection = 0; connection < 4 * SCALE; connection++) {
    const client = attacker.client();
    for (let call = 0; call < 100; call++) client.begin(method, attacker.headers).write(beginning);
  }
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  "calls that stay open": {
    tokens: ["none", "read", "write"],
    moreBytes: 150 * MB,
    hold(attacker) {
      for (let connection = 0; connection < 4 * SCALE; connection++) {
        const client = attacker.client();
        for (let call = 0; call < 128; call++) client.begin("WriteMessages", attacker.headers).resume();
      }
    },
  },
  "messages that are announced and do not come": {
    tokens: ["none", "read", "write"],
    moreBytes: 150 * MB,
    hold: (attacker) => beginMessages(attacker, "WriteMessages", 4 * MB, 0),
  },
  "requests of readers that announce too much": {
    tokens: ["none", "read", "write"],
    moreBytes: 150 * MB,
    hold: (attacker) => beginMessages(attacker, "ReadMessages", 4 * MB, 0),
  },
  "messages that stop in the middle": {
    tokens: ["none", "read", "write"],
    moreBytes: 600 * MB,
    hold: (attacker) => beginMessages(attacker, "WriteMessages", 100 * MB, MB),
  },
  "bodies that do not come": {
    tokens: ["none", "read", "write"],
    moreBytes: 150 * MB,
    hold(attacker) {
      const authorization = Object.entries(attacker.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      for (const [path, type] of [
        ["/ws", "text/plain"],
        ["/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages", "application/grpc-web+proto"],
      ])
        for (let count = 0; count < 100 * SCALE; count++)
          attacker.socket(
            `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\n${authorization.join("")}content-length: 60000\r\n\r\n`,
          );
    },
  },
  "names of recordings": {
    tokens: ["none", "read", "write"],
    moreBytes: 250 * MB,
    async hold(attacker) {
      const client = attacker.client();
      for (let count = 0; count < 20 * SCALE; count++) {
        const names = Array.from({ length: 100 }, (_, index) => `${count}/${index}${"x".repeat(2000)}`);
        await client.write(
          names.map((name) => messageOf("i1", 0, name)),
          attacker.headers,
        );
      }
    },
  },
  "readers that do not read a long history": {
    tokens: ["none", "read"],
    moreBytes: 250 * MB,
    options: { newestFirst: true },
    async hold(attacker) {
      const writer = attacker.client();
      for (let count = 0; count < 20; count++)
        await writer.write(messagesOf(Array.from({ length: 1000 }, () => "s1").join(" ")), tokens.write);
      for (let connection = 0; connection < 2 * SCALE; connection++) {
        const client = attacker.client();
        for (let call = 0; call < 100; call++) client.begin("ReadMessages", attacker.headers).end(Buffer.alloc(5));
      }
    },
  },
  "connections that send nothing": {
    tokens: ["none"],
    moreBytes: 150 * MB,
    hold(attacker) {
      for (let count = 0; count < 300 * SCALE; count++) attacker.socket("");
    },
  },
};

/**
 * Writes messages one after another; returns the time of the second slowest message, so that one stall does not decide.
 */
async function measure(relay: RelayProcess, names: string[]): Promise<number> {
  const client = new Http2Client(relay.url);
  const times: number[] = [];
  for (let count = 0; count < WRITES; count++) {
    const name = `a${names.length}`;
    const startedAt = performance.now();
    expect(await client.call("WriteMessages", frameOf(messageOf(name, MESSAGE_BYTES)), tokens.write)).toMatchObject({
      status: 0,
    });
    times.push(performance.now() - startedAt);
    names.push(name);
  }
  client.close();
  return times.sort((a, b) => a - b).at(-2) ?? 0;
}

/** The tools of an attacker with a token, and a function that closes what they hold. */
function attackerOn(relay: RelayProcess, token: Token): { readonly attacker: Attacker; readonly close: () => void } {
  const held: (() => void)[] = [];
  const close = (): void => held.splice(0).forEach((end) => end());
  onTestFinished(close);
  const attacker: Attacker = {
    relay,
    headers: tokens[token],
    client() {
      const client = new Http2Client(relay.url);
      held.push(() => client.close());
      return client;
    },
    socket(head) {
      const socket = openSocket(relay.url);
      socket.write(head);
      held.push(() => void socket.destroy());
    },
  };
  return { attacker, close };
}

describe.for(Object.entries(ATTACKS))("an attacker who holds %s", ([, { tokens: who, moreBytes, options, hold }]) => {
  it(
    `takes neither time nor memory from writers (its token: ${who.join(", then ")})`,
    { timeout: isSoak ? 600_000 : 240_000 },
    async () => {
      const relay = await RelayProcess.start({
        writeToken: "write",
        readToken: "read",
        serverMemoryLimit: "64MiB",
        ...options,
      });
      const names: string[] = [];
      const reader = new RelayReaderClient(relay.url, "ReadMessages", tokens.read);
      await reader.until(0);
      const before = await measure(relay, names);
      for (const token of who) {
        const { attacker, close } = attackerOn(relay, token);
        await hold(attacker);
        let during = Infinity;
        for (let attempt = 0; attempt < ATTEMPTS && during > Math.max(SLOW_MS, 2 * before); attempt++)
          during = await measure(relay, names);
        expect(during, token).toBeLessThanOrEqual(Math.max(SLOW_MS, 2 * before));
        close();
      }
      const isOwn = (name: string): boolean => name.startsWith("a");
      await expect.poll(() => namesOf(reader.messages).filter(isOwn)).toEqual(names);
      reader.stop();
      const { usedBytes, stats } = await relay.end();
      expect(stats.droppedReaders).toBe(0);
      expect(usedBytes).toBeLessThan(moreBytes + KEPT_BYTES);
    },
  );
});
