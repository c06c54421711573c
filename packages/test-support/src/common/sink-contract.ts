import { MemorySink, RecordingStream, type EncodedMessage, type Sink, type SinkState } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { afterEach, describe, expect, it } from "vitest";
import { decodeAll, nameOf, numbers, someMessages } from "./messages.ts";
import { ObservedContext } from "./observed-context.ts";

/** A sink under test, and its output. */
export interface SinkSubject {
  readonly sink: Sink;
  /** Returns the `.rrd` streams that the sink has written so far. */
  readonly read: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Removes everything that the subject has created. */
  cleanUp?(): Promise<void> | void;
}

/** A subject whose sink is open. */
interface OpenSubject extends SinkSubject {
  readonly sink: RecordingSink;
  readonly context: ObservedContext;
}

/** The traits in which sinks differ. All are `false` by default. */
export interface SinkTraits {
  /** Whether the output is one stream, with a footer when the sink is closed. */
  readonly hasFooter?: boolean;
  /** Whether the sink needs the event loop to finish. */
  readonly isAsynchronous?: boolean;
  /** Whether the sink keeps messages for the next one, and drops them when it is closed. */
  readonly holdsBack?: boolean;
  /** The number of destinations that the sink counts. Default: 1. */
  readonly destinations?: number;
  /** The state of the sink while it is in use. Default: `open`. */
  readonly workingState?: SinkState;
}

/** Sends a message as a recording does: a sink that takes buffers gets memory of its own. */
function sendTo(sink: RecordingSink, message: EncodedMessage): void {
  sink.send(sink.takesBuffers === true ? { ...message, payload: message.payload.slice() } : message);
}

/**
 * Describes the contract of all sinks. The tests of each sink call this function in each runtime that the sink
 * supports.
 */
export function describeSinkContract(
  name: string,
  makeSubject: () => Promise<SinkSubject> | SinkSubject,
  traits: SinkTraits = {},
): void {
  describe(`${name} (contract of sinks)`, () => {
    const subjects: SinkSubject[] = [];
    const open = async (): Promise<OpenSubject> => {
      const subject = await makeSubject();
      subjects.push(subject);
      const context = new ObservedContext();
      const sink = subject.sink as RecordingSink;
      await sink.open(context);
      return { ...subject, sink, read: () => subject.read(), context };
    };
    afterEach(async () => {
      for (const subject of subjects.splice(0)) await subject.cleanUp?.();
    });

    /** Closes the sink and returns its output. */
    const closeAndRead = async ({ sink, read }: OpenSubject): Promise<readonly Uint8Array[]> => {
      await sink.flush({});
      if (traits.holdsBack === true) return read();
      await sink.close({});
      return read();
    };

    it("delivers every message once and in order", async () => {
      const messages = await someMessages();
      const subject = await open();
      for (const message of messages) sendTo(subject.sink, message);
      expect(decodeAll(await closeAndRead(subject)).map(nameOf)).toEqual(messages.map(nameOf));
    });

    it("has delivered everything when flush resolves", async () => {
      const messages = await someMessages();
      const { sink, read } = await open();
      for (const message of messages) sendTo(sink, message);
      await sink.flush({});
      expect(decodeAll(await read()).map(nameOf)).toEqual(messages.map(nameOf));
      await sink.close({});
    });

    it("has delivered everything when flush resolves although more is expected", async () => {
      const messages = await someMessages();
      const { sink, read } = await open();
      sink.expectMore?.(true);
      for (const message of messages) sendTo(sink, message);
      await sink.flush({});
      expect(decodeAll(await read()).map(nameOf)).toEqual(messages.map(nameOf));
      await sink.close({});
    });

    if (traits.isAsynchronous !== true && traits.holdsBack !== true)
      it("has delivered everything when closeSync returns, although more is expected", async () => {
        const messages = await someMessages();
        const { sink, read } = await open();
        sink.expectMore?.(true);
        for (const message of messages) sendTo(sink, message);
        sink.closeSync?.(1000);
        expect(decodeAll(await read()).map(nameOf)).toEqual(messages.map(nameOf));
      });

    it("does not change messages, and does not read them after send if it is synchronous", async () => {
      const messages = await someMessages();
      const subject = await open();
      const { sink } = subject;
      sink.expectMore?.(true);
      for (const message of messages) {
        const bytes = message.payload.slice();
        sendTo(sink, message);
        expect(message.payload).toEqual(bytes);
        // The memory of a synchronous sink is reused immediately.
        if (sink.isSynchronous === true) message.payload.fill(0xee);
      }
      expect(decodeAll(await closeAndRead(subject)).map(nameOf)).toEqual(messages.map(nameOf));
    });

    it("recycles each buffer at most once, and only if it takes buffers", async () => {
      const messages = await someMessages();
      const subject = await open();
      for (const message of messages) sendTo(subject.sink, message);
      await closeAndRead(subject);
      const { recycled } = subject.context;
      expect(new Set(recycled).size).toBe(recycled.length);
      expect(recycled.length).toBeLessThanOrEqual(subject.sink.takesBuffers === true ? messages.length : 0);
    });

    it("never throws from send, and counts messages after close as dropped", async () => {
      const messages = await someMessages();
      const { sink, context } = await open();
      await sink.close({});
      for (const message of messages) expect(() => sendTo(sink, message)).not.toThrow();
      const chunks = messages.filter(({ kind }) => kind === "chunk");
      const expected = chunks.length * (traits.destinations ?? 1);
      expect(sink.stats().droppedRows).toBe(expected);
      expect(context.drops.reduce((sum, { rows }) => sum + rows, 0)).toBe(expected);
    });

    it("accepts further calls of close, closeSync and flush after close", async () => {
      const { sink } = await open();
      await sink.close({});
      await sink.close({});
      sink.closeSync?.(0);
      await sink.flush({});
      expect(sink.stats().state).toBe("closed");
    });

    it("reports its state and counts sent and queued bytes", async () => {
      const messages = await someMessages();
      const { sink, context, read } = await open();
      const workingState = traits.workingState ?? "open";
      expect(sink.stats()).toMatchObject({ kind: sink.kind, state: workingState, droppedRows: 0, droppedBytes: 0 });
      for (const message of messages) sendTo(sink, message);
      await sink.flush({});
      const { sentBytes, queuedBytes } = sink.stats();
      expect(sentBytes + queuedBytes).toBe(totalBytes(messages) * (traits.destinations ?? 1));
      await read();
      await sink.close({});
      expect(context.states.at(-1)).toBe("closed");
      expect(context.drops).toEqual([]);
    });

    if (traits.holdsBack !== true)
      it("receives the same messages as another sink of the recording", async () => {
        const subject = await makeSubject();
        subjects.push(subject);
        const recording = new RecordingStream("contract");
        const memory = new MemorySink();
        await recording.setSinks([subject.sink, memory]);
        for (let row = 0; row < 100; row++) {
          recording.setTime("row", row);
          recording.log(["entity", row % 3], numbers(row));
        }
        await recording.flush();
        const expected = decodeRrd(memory.toBytes()).filter(({ kind }) => kind !== "end");
        expect(decodeAll(await subject.read()).map(nameOf)).toEqual(expected.map(nameOf));
        await recording.close();
      });

    if (traits.hasFooter === true)
      it("ends its stream with a footer", async () => {
        const messages = await someMessages();
        const { sink, read } = await open();
        for (const message of messages) sendTo(sink, message);
        await sink.close({});
        const streams = await read();
        expect(streams).toHaveLength(1);
        const end = decodeRrd(streams[0] ?? new Uint8Array()).at(-1);
        expect(end).toMatchObject({ kind: "end", footer: { manifests: [{ storeId: { recordingId: "messages" } }] } });
      });
  });
}

function totalBytes(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
