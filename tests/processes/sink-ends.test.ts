import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { completeLength } from "@rerun-ts/core/storage";
import { serve } from "@rerun-ts/node";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { nameOf } from "@rerun-ts/test-support/common/messages";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { describe, expect, onTestFinished } from "vitest";
import { runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const ENDINGS = [
  ["ends by itself", 0],
  ["calls process.exit", 0],
  ["throws an uncaught exception", 1],
  ["receives SIGTERM", 143],
] as const;

interface Trial {
  readonly id: string;
  readonly owed: number;
  readonly dropped: number;
  readonly counted: number;
  readonly here: number;
}

/** Whether the program ends without another turn of its event loop. */
function isAtOnce(ending: string): boolean {
  return ending === "calls process.exit" || ending === "throws an uncaught exception";
}

/** Combinations that do not apply, and why. */
function excludes(id: string, ending: string): string | undefined {
  if (id.startsWith("StreamSink") && isAtOnce(ending))
    return "what a stream has taken, and not written, is lost without a trace when the process ends at once";
  return undefined;
}

/** The chunks of each recording in streams, each once. */
function chunksOf(streams: readonly Uint8Array[]): Map<string, Set<string>> {
  const chunks = new Map<string, Set<string>>();
  for (const stream of streams) {
    const length = completeLength(stream);
    // The disk had no room even for the header.
    if (length === 0) continue;
    for (const message of readEncodedMessages(stream.subarray(0, length))) {
      if (message.kind !== "chunk") continue;
      const { recordingId } = message.storeId;
      chunks.set(recordingId, (chunks.get(recordingId) ?? new Set()).add(nameOf(message)));
    }
  }
  return chunks;
}

/** The streams in a folder, and in those below it. */
function filesIn(folder: string): Uint8Array[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesIn(path);
    return name.endsWith(".rrd") ? [readFileSync(path)] : [];
  });
}

/** How full the disk is: with the free bytes, some of the rows are written, but not all. */
const DISKS = [
  ["", undefined],
  [" while the disk is full", isSoak ? 128 * 1024 : 48 * 1024],
] as const;

describe("every row arrives, or is counted as dropped, whatever the sinks and whatever they do, if the program", () => {
  for (const [disk, freeBytes] of DISKS) {
    it.for(ENDINGS)(`%s${disk}`, async ([ending, code], { folder, smallDisk }) => {
      const isFull = freeBytes !== undefined;
      // Its statistics are exact: those of a relay in a worker are up to 0.1 s old.
      const relay = await serve.serveGrpcRelay({ port: 0, thread: false });
      onTestFinished(() => relay.close());
      const files = isFull ? smallDisk : folder;
      const end = await runProgram(
        "sink-ends",
        [ending, files, String(relay.port), ...(isFull ? [String(freeBytes)] : [])],
        { env: isSoak ? { RERUN_TS_SOAK: "1" } : {} },
      );
      expect(end).toMatchObject({ code, signal: null });
      const reader = new RelayReaderClient(relay.url);
      await reader.until(relay.stats().heldMessages);
      reader.stop();
      // The next program sends the rows in a spool, if the relay does not have them already.
      const chunks = chunksOf([reader.toRrd(), ...filesIn(files)]);
      const trials = end.reports as readonly Trial[];
      const wrong = trials.flatMap(({ id, owed, dropped, counted, here }) => {
        if (excludes(id, ending) !== undefined) return [];
        // Two sinks may have sent to the same relay, which holds a chunk once.
        const copies = id.startsWith("GrpcSink-and-WebSocketSink") ? 2 : 1;
        const arrived = (chunks.get(id)?.size ?? 0) * copies + here;
        const problems: string[] = [];
        // A stream may have written a part of the rows that it reports as not written, and a server may have received
        // rows whose acknowledgement the program did not live to see.
        const isUncertain = isAtOnce(ending) ? /Grpc|WebSocket/.test(id) : isFull && id.startsWith("StreamSink");
        if (isUncertain ? arrived + dropped < owed : arrived + dropped !== owed)
          problems.push(`${id}: ${arrived} arrived + ${dropped} dropped instead of ${owed}`);
        // A spool keeps on the disk the rows that it cannot send.
        if (!isFull && dropped > 0 && id.endsWith("in-its-place")) problems.push(`${id}: ${dropped} dropped`);
        if (dropped !== counted) problems.push(`${id}: ${dropped} dropped, but ${counted} counted`);
        return problems;
      });
      expect(wrong).toEqual([]);
      expect(trials.length).toBeGreaterThan(isFull ? 20 : 50);
      const lost = trials.filter(
        ({ id, dropped }) => id.startsWith("FileSink") && id.endsWith("in-use") && dropped > 0,
      );
      expect(lost.length > 0).toBe(isFull);
    });
  }
});
