import {
  MemorySink,
  RecordingStream,
  type EncodedMessage,
  type Sink,
  type SinkContext,
  type SinkDrop,
  type SinkState,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { afterEach, describe, expect, it } from "vitest";
import { decodeAll, nameOf, numbers, someMessages } from "./messages.ts";

/** A sink under test, and how to see what it has passed on. */
export interface SinkSubject {
  readonly sink: Sink;
  /** The `.rrd` streams that came out so far. */
  readonly read: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Removes what the subject has made. */
  cleanUp?(): Promise<void> | void;
}

/** What is true of some sinks only. */
export interface SinkTraits {
  /** What comes out is one stream that ends with a footer once the sink is closed. */
  readonly hasFooter?: boolean;
  /** It cannot finish without turns of the event loop. */
  readonly isAsynchronous?: boolean;
  /** It keeps messages for whoever comes next: what nobody took is given up when it is closed. */
  readonly holdsBack?: boolean;
  /** How many destinations it counts for. Default 1. */
  readonly destinations?: number;
  /** The state it is in while it is in use. Default `open`. */
  readonly workingState?: SinkState;
}

/** A context that remembers what it is told. */
class TestContext implements SinkContext {
  readonly applicationId = "contract";
  readonly recordingId = "messages";
  readonly states: SinkState[] = [];
  readonly drops: SinkDrop[] = [];
  flushRows(): void {}
  onState(state: SinkState): void {
    this.states.push(state);
  }
  onDrop(drop: SinkDrop): void {
    this.drops.push(drop);
  }
  onWarning(): void {}
}

/** What every sink promises, in every runtime that it exists for. */
export function describeSinkContract(
  name: string,
  makeSubject: () => Promise<SinkSubject> | SinkSubject,
  traits: SinkTraits = {},
): void {
  describe(`${name} keeps the contract of sinks`, () => {
    const subjects: SinkSubject[] = [];
    const open = async (): Promise<SinkSubject & { context: TestContext }> => {
      const subject = await makeSubject();
      subjects.push(subject);
      const context = new TestContext();
      await subject.sink.open(context);
      return { ...subject, sink: subject.sink, read: () => subject.read(), context };
    };
    afterEach(async () => {
      for (const subject of subjects.splice(0)) await subject.cleanUp?.();
    });

    /** Everything that came out, when the sink is closed. */
    const closeAndRead = async ({ sink, read }: SinkSubject): Promise<readonly Uint8Array[]> => {
      await sink.flush({});
      if (traits.holdsBack === true) return read();
      await sink.close({});
      return read();
    };

    it("passes every message on, once and in order", async () => {
      const messages = await someMessages();
      const subject = await open();
      for (const message of messages) subject.sink.send(message);
      expect(decodeAll(await closeAndRead(subject)).map(nameOf)).toEqual(messages.map(nameOf));
    });

    it("has passed everything on when flush resolves", async () => {
      const messages = await someMessages();
      const { sink, read } = await open();
      for (const message of messages) sink.send(message);
      await sink.flush({});
      expect(decodeAll(await read()).map(nameOf)).toEqual(messages.map(nameOf));
      await sink.close({});
    });

    if (traits.isAsynchronous !== true && traits.holdsBack !== true)
      it("finishes within closeSync", async () => {
        const messages = await someMessages();
        const { sink, read } = await open();
        for (const message of messages) sink.send(message);
        sink.closeSync?.(1000);
        expect(decodeAll(await read()).map(nameOf)).toEqual(messages.map(nameOf));
      });

    it("leaves the messages' bytes alone, and needs them no longer than it says", async () => {
      const messages = await someMessages();
      const subject = await open();
      const { sink } = subject;
      for (const message of messages) {
        const bytes = message.payload.slice();
        sink.send(message);
        expect(message.payload).toEqual(bytes);
        // The memory of a synchronous sink is used again at once.
        if (sink.isSynchronous === true) message.payload.fill(0xee);
      }
      expect(decodeAll(await closeAndRead(subject)).map(nameOf)).toEqual(messages.map(nameOf));
    });

    it("never throws from send, and counts what comes too late", async () => {
      const messages = await someMessages();
      const { sink, context } = await open();
      await sink.close({});
      for (const message of messages) expect(() => sink.send(message)).not.toThrow();
      const chunks = messages.filter(({ kind }) => kind === "chunk");
      const expected = chunks.length * (traits.destinations ?? 1);
      expect(sink.stats().droppedRows).toBe(expected);
      expect(context.drops.reduce((sum, { rows }) => sum + rows, 0)).toBe(expected);
    });

    it("may be closed again, and flushed when it is closed", async () => {
      const { sink } = await open();
      await sink.close({});
      await sink.close({});
      sink.closeSync?.(0);
      await sink.flush({});
      expect(sink.stats().state).toBe("closed");
    });

    it("tells its state and counts what it sends", async () => {
      const messages = await someMessages();
      const { sink, context, read } = await open();
      const workingState = traits.workingState ?? "open";
      expect(sink.stats()).toMatchObject({ kind: sink.kind, state: workingState, droppedRows: 0, droppedBytes: 0 });
      for (const message of messages) sink.send(message);
      await sink.flush({});
      const { sentBytes, queuedBytes } = sink.stats();
      expect(sentBytes + queuedBytes).toBe(totalBytes(messages) * (traits.destinations ?? 1));
      await read();
      await sink.close({});
      expect(context.states.at(-1)).toBe("closed");
      expect(context.drops).toEqual([]);
    });

    if (traits.holdsBack !== true)
      it("gets what a recording beside it gets", async () => {
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
      it("ends its stream with a footer that finds every chunk", async () => {
        const messages = await someMessages();
        const { sink, read } = await open();
        for (const message of messages) sink.send(message);
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
