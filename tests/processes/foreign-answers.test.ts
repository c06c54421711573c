import { join } from "node:path";
import { GrpcWebSink } from "@rerun-ts/core";
import type { Sink } from "@rerun-ts/core";
import { GrpcSink, MemorySink, RecordingStream, Scalars, WebSocketSink, spool, tee, serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { receivedRrd, type Received } from "@rerun-ts/test-support/common/received-messages";
import { BadGrpcProxy, type CallFate } from "@rerun-ts/test-support/node/bad-grpc-proxy";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { FOREIGN_ANSWERS, type ForeignAnswer } from "@rerun-ts/test-support/node/foreign-answers";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { afterAll, beforeAll, expect } from "vitest";
import { it } from "./harness/test.ts";

/** Rows that are logged before and after the server is itself again. */
const ROWS = 10;
/** How long something else answers: longer than it takes to find a message at fault. */
const FOREIGN_MS = 4000;
/** Cases that run at the same time: they mostly wait. */
const AT_A_TIME = 24;

/** A proxy of either kind. */
type Proxy = BadHttpProxy | BadGrpcProxy;
type Transport = (port: number) => Sink;
type Placement = (sink: Sink, folder: string) => Sink;

const TRANSPORTS: Readonly<Record<string, Transport>> = {
  gRPC: (port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`),
  "gRPC-web": (port) => new GrpcWebSink(`rerun+http://127.0.0.1:${port}/proxy`),
  WebSocket: (port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`),
};
const PLACEMENTS: Readonly<Record<string, Placement>> = {
  alone: (sink) => sink,
  "in a spool": (sink, directory) => spool(sink, { directory }),
  "in a tee": (sink) => tee([sink, new MemorySink()]),
};

/** What happens at the place of the server, step by step. `"away"`: nothing listens there. */
type Steps = readonly (CallFate | "away")[];

const STEPS: Readonly<Record<string, Steps>> = {
  ...Object.fromEntries(Object.entries(FOREIGN_ANSWERS).map(([name, answer]) => [name, [answer]])),
  "412, then 404": [FOREIGN_ANSWERS["412"], FOREIGN_ANSWERS["404"]],
  "400, then nobody": [FOREIGN_ANSWERS["400"], "away"],
  "401, then nobody": [FOREIGN_ANSWERS["401"], "away"],
  "lost connections": ["cut-before"],
};

interface Case {
  readonly steps: string;
  readonly transport: string;
  readonly placement: string;
}

/** All cases, or those with each pair of steps and transport, and of steps and placement. */
function casesOf(): Case[] {
  const cases: Case[] = [];
  for (const [s, steps] of Object.keys(STEPS).entries())
    for (const [t, transport] of Object.keys(TRANSPORTS).entries())
      for (const [p, placement] of Object.keys(PLACEMENTS).entries())
        if (isSoak || (s + t + p) % 3 === 0) cases.push({ steps, transport, placement });
  return cases;
}

let relay: Awaited<ReturnType<typeof serve.serveGrpcRelay>>;
beforeAll(async () => {
  relay = await serve.serveGrpcRelay({ port: 0 });
});
afterAll(async () => {
  await relay.close();
});

async function startProxy(transport: string): Promise<Proxy> {
  return transport === "gRPC" ? BadGrpcProxy.start(relay.port) : BadHttpProxy.start(relay.port);
}

/** What a message about an answer must name. */
function nameOf(step: CallFate | "away"): RegExp {
  if (typeof step === "string") return /cannot connect to/;
  const { status, headers = {} } = step as ForeignAnswer;
  if (status >= 300 && status < 400) return /redirects to another address/;
  if (status >= 300) return new RegExp(`HTTP status ${status}`);
  const type = headers["content-type"];
  return type === undefined ? /without a type|cannot connect to/ : /text\/html|application\/json|cannot connect to/;
}

async function run({ steps, transport, placement }: Case, number: number, folder: string): Promise<void> {
  const proxy = await startProxy(transport);
  const recordingId = `${steps} ${transport} ${placement}`;
  const rec = new RecordingStream("foreign", { recordingId, onWarning: () => {}, onError: () => {} });
  const makeSink = TRANSPORTS[transport] as Transport;
  const place = PLACEMENTS[placement] as Placement;
  const log = (from: number): void => {
    for (let row = from; row < from + ROWS; row++) {
      rec.setTime("row", number * 2 * ROWS + row);
      rec.log("rows", new Scalars(row));
    }
  };
  const answer = (fate: CallFate): void => {
    if (proxy instanceof BadGrpcProxy) proxy.fate = () => fate;
    else proxy.fate = () => fate;
  };
  try {
    let isFirst = true;
    for (const step of STEPS[steps] as Steps) {
      if (step === "away") await proxy.leave();
      else answer(step);
      if (isFirst) {
        await rec.setSink(place(makeSink(proxy.port), join(folder, recordingId.replaceAll(/\W/g, "_"))));
        log(0);
      }
      isFirst = false;
      const result = await rec.flush({ ack: true, timeoutMs: FOREIGN_MS });
      expect(result, recordingId).toMatchObject({ complete: false, droppedRows: 0 });
      const { lastError } = rec.stats().sinks.find((sink) => sink.lastError !== undefined) ?? {};
      expect(lastError?.message, recordingId).toMatch(nameOf(step));
    }
    if ((STEPS[steps] as Steps).at(-1) === "away") await proxy.comeBack();
    answer("pass");
    log(ROWS);
    const after = await rec.flush({ ack: true, timeoutMs: 60_000 });
    expect(after, recordingId).toMatchObject({ complete: true, droppedRows: 0, pendingBytes: 0 });
    expect(await rec.close(), recordingId).toMatchObject({ complete: true, droppedRows: 0 });
  } finally {
    await rec.close({ timeoutMs: 0 }).catch(() => {});
    await proxy.stop();
  }
}

/** The numbers of the rows among these messages. */
function rowsIn(messages: readonly Received[]): Set<bigint> {
  const rows = readChunks(receivedRrd(messages)).filter(({ entityPath }) => entityPath === "/rows");
  return new Set(rows.flatMap(({ times }) => times.row ?? []));
}

it(
  "nothing is lost when something else answers in the place of a server, and all goes on afterwards",
  { timeout: isSoak ? 900_000 : 120_000 },
  async ({ folder }) => {
    const cases = casesOf();
    const left = [...cases.entries()];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next[1], next[0], folder);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    const reader = new RelayReaderClient(relay.url);
    const rows = rowsIn(await reader.until(relay.stats().heldMessages));
    expect(rows.size).toBe(cases.length * ROWS * 2);
  },
);
