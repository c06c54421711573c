import { isSoak } from "@rerun-ts/test-support/node/environment";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect } from "vitest";
import { openSocket } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";
import { RelayProcess } from "./harness/relay-process.ts";
import { it } from "./harness/test.ts";

const MB = 1_000_000;
/** The bytes that each attacker sends, unless the relay closes its connection before. */
const FLOOD_BYTES = isSoak ? 100 * MB : 15 * MB;
const ATTACKERS = 3;
const PIECE_BYTES = 256 * 1024;
/** The least size of one write of an attacker. */
const WRITE_BYTES = 64 * 1024;
/** The memory that a relay may use during a flood, in addition to that of Node and the package at its start. */
const MORE_BYTES = 150 * MB;

/** Frames of HTTP/2. Source: RFC 9113, 6. */
const TYPES = { headers: 1, resetStream: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;

function frame(
  type: keyof typeof TYPES,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = TYPES[type];
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

const PREFACE = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame("settings", 0, 0)]);

/** A header that is not compressed and not indexed. Source: RFC 7541, 6.2.2. */
function field(name: string, value: string): Buffer {
  const text = (one: string): Buffer => Buffer.concat([Buffer.from([one.length]), Buffer.from(one)]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

const REQUEST = Buffer.concat([
  field(":method", "POST"),
  field(":scheme", "http"),
  field(":authority", "localhost"),
  field(":path", "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages"),
  field("content-type", "application/grpc"),
]);

const UPGRADE = Buffer.from(
  "GET /ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n" +
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: rerun-ts.v1\r\n\r\n",
);

/** The frame of a client, with a mask of zeros. Source: RFC 6455, 5.2. */
function webSocketFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x80 + opcode, 0x80 + payload.length, 0, 0, 0, 0]), payload]);
}

interface Flood {
  /** The first bytes of the attacker. */
  readonly begin: Buffer;
  /** The next piece of the flood; streams are numbered from 1 on. */
  readonly piece: (index: number) => Buffer;
}

let stream = 1;
const nextStream = (): number => {
  const now = stream;
  stream = stream + 2 > 2 ** 31 ? 1 : stream + 2;
  return now;
};
/** The same frame again and again, in pieces that are made once. */
const repeat = (one: Buffer): (() => Buffer) => {
  const piece = Buffer.alloc(Math.ceil(PIECE_BYTES / one.length) * one.length, one);
  return () => piece;
};
/** Frames that differ, for example because they have the number of a stream. */
const vary =
  (make: () => readonly Buffer[]): (() => Buffer) =>
  () => {
    const pieces: Buffer[] = [];
    for (let bytes = 0; bytes < PIECE_BYTES;)
      for (const one of make()) {
        bytes += one.length;
        pieces.push(one);
      }
    return Buffer.concat(pieces);
  };

const FLOODS: Readonly<Record<string, Flood>> = {
  "streams that are reset at once (CVE-2023-44487)": {
    begin: PREFACE,
    piece: vary(() => {
      const id = nextStream();
      return [frame("headers", END_HEADERS, id, REQUEST), frame("resetStream", 0, id, Buffer.alloc(4))];
    }),
  },
  "headers without end (CONTINUATION)": {
    begin: Buffer.concat([PREFACE, frame("headers", 0, 1, REQUEST)]),
    piece: repeat(frame("continuation", 0, 1, field("x-filler", "y".repeat(100)))),
  },
  "empty headers without end": {
    begin: Buffer.concat([PREFACE, frame("headers", 0, 1, REQUEST)]),
    piece: repeat(frame("continuation", 0, 1)),
  },
  settings: { begin: PREFACE, piece: repeat(frame("settings", 0, 0, Buffer.from([0, 3, 0, 0, 0, 100]))) },
  pings: { begin: PREFACE, piece: repeat(frame("ping", 0, 0, randomBytes(8))) },
  "window updates": {
    begin: Buffer.concat([PREFACE, frame("headers", END_HEADERS, 1, REQUEST)]),
    piece: repeat(frame("windowUpdate", 0, 1, Buffer.from([0, 0, 0, 1]))),
  },
  "calls that never end": { begin: PREFACE, piece: vary(() => [frame("headers", END_HEADERS, nextStream(), REQUEST)]) },
  "calls that end without data": {
    begin: PREFACE,
    piece: vary(() => [frame("headers", END_HEADERS | END_STREAM, nextStream(), REQUEST)]),
  },
  "pings over a WebSocket": { begin: UPGRADE, piece: repeat(webSocketFrame(9, randomBytes(100))) },
  "empty messages over a WebSocket": { begin: UPGRADE, piece: repeat(webSocketFrame(2, Buffer.alloc(0))) },
  "a WebSocket message in empty fragments": {
    begin: Buffer.concat([UPGRADE, Buffer.from([0x02, 0x80, 0, 0, 0, 0])]),
    piece: repeat(Buffer.from([0x00, 0x80, 0, 0, 0, 0])),
  },
};

/** Sends a flood until everything is sent or the relay closes the connection. The attacker does not read. */
async function attack(socket: Socket, { begin, piece }: Flood): Promise<void> {
  const emitted = (event: string): Promise<string> =>
    new Promise((resolve) => socket.once(event, () => resolve(event)));
  const closed = emitted("close");
  socket.write(begin);
  for (let sent = 0, index = 0; sent < FLOOD_BYTES && !socket.destroyed;) {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (; bytes < WRITE_BYTES; bytes += pieces.at(-1)?.length ?? 0) pieces.push(piece(index++));
    sent += bytes;
    // The other clients are in this process.
    await nextTurn();
    if (socket.write(Buffer.concat(pieces))) continue;
    const stalled = new Promise((resolve) => setTimeout(resolve, 2000, "stalled"));
    if ((await Promise.race([emitted("drain"), closed, stalled])) === "stalled") return;
  }
}

describe.for(Object.entries(FLOODS))("a flood of %s", ([, flood]) => {
  it(
    "neither fills the memory of a relay nor keeps it from serving others",
    { timeout: isSoak ? 600_000 : 240_000 },
    async () => {
      const relay = await RelayProcess.start({ serverMemoryLimit: "16MiB" });
      const reader = new RelayReaderClient(relay.url);
      const sockets = Array.from({ length: ATTACKERS }, () => openSocket(relay.url));
      const over = new AbortController();
      const attacks = Promise.all(sockets.map((socket) => attack(socket, flood))).finally(() => over.abort());
      let count = 0;
      do {
        const client = new Http2Client(relay.url);
        expect(await client.write([messageOf(`a${count++}`)])).toMatchObject({ status: 0 });
        client.close();
      } while (!over.signal.aborted || count < 10);
      await attacks;
      expect(namesOf(await reader.until(count))).toEqual(Array.from({ length: count }, (_, index) => `a${index}`));
      reader.stop();
      for (const socket of sockets) socket.destroy();
      const { usedBytes } = await relay.end();
      expect(usedBytes).toBeLessThan(MORE_BYTES);
    },
  );
});
