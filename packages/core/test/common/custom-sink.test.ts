import {
  MemorySink,
  RecordingStream,
  customSink,
  tee,
  type CustomSink,
  type EncodedMessage,
  type RerunError,
} from "@rerun-ts/core";
import { checkSpooledSink } from "@rerun-ts/core/storage";
import { numbers } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it, vi } from "vitest";

const OPTIONS = { recordingId: "custom", batcher: { flushNumRows: 0 } } as const;

/** A recording whose rows are sent one by one, and the errors that it reports. */
function makeRecording(): { recording: RecordingStream; errors: RerunError[] } {
  const recording = new RecordingStream("custom", { ...OPTIONS, onWarning: () => {} });
  const errors: RerunError[] = [];
  recording.addEventListener("error", ({ error }) => errors.push(error));
  return { recording, errors };
}

/** The paths of the rows that were sent. */
function pathsOf(messages: readonly EncodedMessage[]): string[] {
  const paths = messages.flatMap(({ manifest }) => manifest?.entityPath ?? []);
  return paths.filter((path) => !path.startsWith("/__properties"));
}

/** Lets a sink keep the messages of rows. */
function collecting(members: Partial<CustomSink> = {}): CustomSink & { readonly messages: EncodedMessage[] } {
  const messages: EncodedMessage[] = [];
  return { messages, send: (message) => void messages.push(message), ...members };
}

/** Lets a sink fail at the first row of an entity. */
function failingAt(path: string, fail: () => void | Promise<void>): CustomSink["send"] {
  return ({ manifest }) => (manifest?.entityPath === path ? fail() : undefined);
}

describe("a custom sink", () => {
  it("needs nothing but `send`", async () => {
    const { recording, errors } = makeRecording();
    const destination = collecting();
    const sink = customSink(destination);
    recording.log("before", numbers(1));
    await recording.setSink(sink);
    recording.log("after", numbers(2));
    expect(recording.sinks).toEqual([sink]);
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0, pendingBytes: 0 });
    expect(pathsOf(destination.messages)).toEqual(["/before", "/after"]);
    expect(sink.stats()).toMatchObject({ kind: "custom", state: "closed", droppedRows: 0 });
    expect(errors).toEqual([]);
  });

  it("learns of its recording, is opened and closed once, and can warn", async () => {
    const warnings: string[] = [];
    const recording = new RecordingStream("custom", { ...OPTIONS, onWarning: (text) => warnings.push(String(text)) });
    const calls: unknown[] = [];
    const destination = collecting({
      kind: "mine",
      open(context) {
        calls.push([context.applicationId, context.recordingId, Object.keys(context).length]);
        context.onWarning("half full");
      },
      flush: ({ timeoutMs }) => void calls.push(`flush ${timeoutMs}`),
      close: () => void calls.push("close"),
    });
    await recording.setSinks([customSink(destination)]);
    // The same object is the same sink, which stays.
    await recording.setSinks([customSink(destination), new MemorySink()]);
    await recording.flush({ timeoutMs: 77 });
    await recording.close();
    await recording.close();
    expect(calls).toEqual([["custom", "custom", 3], "flush 77", "close"]);
    expect(warnings.join()).toContain("half full");
  });

  it("is opened in one recording only, and set once among others", async () => {
    const sink = customSink(collecting());
    await makeRecording().recording.setSink(sink);
    const { recording } = makeRecording();
    await expect(recording.setSink(sink)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const twice = customSink(collecting());
    await expect(recording.setSinks([twice, tee([twice])])).rejects.toMatchObject({ code: "DUPLICATE_SINK" });
  });

  it("breaks when `send` throws: the message and what follows count as dropped, other sinks get all", async () => {
    const { recording, errors } = makeRecording();
    const memory = new MemorySink();
    const given: EncodedMessage[] = [];
    const fail = failingAt("/b", () => {
      throw new Error("no more paper");
    });
    const send = (message: EncodedMessage): void | Promise<void> => {
      given.push(message);
      return fail(message);
    };
    const sink = customSink({ kind: "printer", send });
    await recording.setSink(tee([sink, memory]));
    for (const path of ["a", "b", "c"]) recording.log(path, numbers(1));
    expect(pathsOf(given)).toEqual(["/a", "/b"]);
    expect(sink.stats()).toMatchObject({ state: "broken", droppedRows: 2, lastError: errors[0] });
    expect(pathsOf(memory.readMessages())).toEqual(["/a", "/b", "/c"]);
    expect(errors.map(({ message }) => message)).toEqual(["no more paper"]);
    await expect(recording.close()).rejects.toThrow("no more paper");
  });

  it("may send with promises, for which `flush` and `close` wait", async () => {
    const { recording } = makeRecording();
    const release: (() => void)[] = [];
    const closed = vi.fn();
    const sink = customSink({ send: () => new Promise<void>((resolve) => release.push(resolve)), close: closed });
    await recording.setSink(sink);
    recording.log("a", numbers(1));
    const { queuedBytes } = sink.stats();
    expect(await recording.flush({ timeoutMs: 0 })).toMatchObject({ complete: false, pendingBytes: queuedBytes });
    const closing = recording.close({ timeoutMs: 60_000 });
    await Promise.resolve();
    expect(closed).not.toHaveBeenCalled();
    for (const resolve of release) resolve();
    expect(await closing).toMatchObject({ complete: true, droppedRows: 0, pendingBytes: 0 });
    expect(closed).toHaveBeenCalledOnce();
    expect(sink.stats()).toMatchObject({ queuedBytes: 0, sentBytes: queuedBytes });
  });

  it("drops new rows while 100 MiB wait for promises of `send`", async () => {
    const recording = new RecordingStream("custom", { ...OPTIONS, compression: "none", onWarning: () => {} });
    const drops: unknown[] = [];
    recording.addEventListener("drop", ({ rows, reason }) => drops.push([rows, reason]));
    const release: (() => void)[] = [];
    const sink = customSink({ send: () => new Promise<void>((resolve) => release.push(resolve)) });
    await recording.setSink(sink);
    const large = numbers(Array.from({ length: 5_000_000 }, () => 0));
    for (const path of ["a", "b", "c"]) recording.log(path, large);
    recording.log("d", numbers(1));
    expect(drops).toEqual([[1, "queue-full"]]);
    for (const resolve of release) resolve();
    expect(await recording.close()).toMatchObject({ droppedRows: 1, pendingBytes: 0 });
  });

  it("breaks when a promise of `send` rejects, and counts its rows", async () => {
    const { recording, errors } = makeRecording();
    const sink = customSink({ send: failingAt("/b", () => Promise.reject(new Error("no network"))) });
    await recording.setSink(sink);
    for (const path of ["a", "b"]) recording.log(path, numbers(1));
    await expect(recording.flush()).rejects.toThrow("no network");
    recording.log("c", numbers(1));
    expect(sink.stats()).toMatchObject({ state: "broken", droppedRows: 2, queuedBytes: 0 });
    expect(errors.map(({ message }) => message)).toEqual(["no network"]);
    await expect(recording.close()).rejects.toThrow("no network");
  });

  it.each(["flush", "close"] as const)("breaks when `%s` fails", async (name) => {
    const { recording, errors } = makeRecording();
    const sink = customSink(collecting({ [name]: () => Promise.reject(new Error(`no ${name}`)) }));
    await recording.setSink(sink);
    await expect(recording[name]()).rejects.toThrow(`no ${name}`);
    expect(sink.stats()).toMatchObject({ state: "broken", lastError: errors[0] });
    expect(errors[0]?.message).toBe(`no ${name}`);
  });

  it("releases what it has when it is broken", async () => {
    const { recording } = makeRecording();
    const close = vi.fn();
    await recording.setSink(customSink({ close, send: () => Promise.reject(new Error("no network")) }));
    await expect(recording.close()).rejects.toThrow("no network");
    expect(close).toHaveBeenCalledOnce();
  });

  it("changes nothing if `open` throws, and may be tried again", async () => {
    const { recording } = makeRecording();
    let isThere = false;
    const destination = collecting({
      open() {
        if (!isThere) throw new Error("no folder");
      },
    });
    recording.log("a", numbers(1));
    await expect(recording.setSink(customSink(destination))).rejects.toThrow("no folder");
    expect(recording.state).toBe("buffering");
    isThere = true;
    await recording.setSink(customSink(destination));
    await recording.close();
    expect(pathsOf(destination.messages)).toEqual(["/a"]);
  });

  it("gets what was logged while it opened, or counts it as dropped if it cannot be opened", async () => {
    for (const isThere of [true, false]) {
      const { recording } = makeRecording();
      let settle: readonly [() => void, (error: Error) => void] | undefined;
      const opening = new Promise<void>((...both) => (settle = both));
      const destination = collecting({ open: () => opening });
      const set = recording.setSink(customSink(destination));
      recording.log("a", numbers(1));
      expect(destination.messages).toEqual([]);
      if (isThere) {
        settle?.[0]();
        await set;
      } else {
        settle?.[1](new Error("no network"));
        await expect(set).rejects.toThrow("no network");
        // The row, and that of the recording's properties.
        expect(recording.stats().sinks).toMatchObject([{ state: "broken", droppedRows: 2 }]);
      }
      expect(pathsOf(destination.messages)).toEqual(isThere ? ["/a"] : []);
    }
  });

  it("counts as dropped what has not left when the time to close is over", async () => {
    const { recording } = makeRecording();
    const sink = customSink({ send: failingAt("/b", () => new Promise(() => {})) });
    await recording.setSink(sink);
    for (const path of ["a", "b"]) recording.log(path, numbers(1));
    expect(await recording.close({ timeoutMs: 0 })).toMatchObject({ complete: false, droppedRows: 1, pendingBytes: 0 });
    expect(sink.stats().state).toBe("closed");
  });

  it("counts all as dropped if it is not open when the time to close is over, and is closed later", async () => {
    const { recording } = makeRecording();
    let open: (() => void) | undefined;
    const close = vi.fn();
    const destination = collecting({ open: () => new Promise((resolve) => (open = resolve)), close });
    recording.setSink(customSink(destination)).catch(() => {});
    recording.log("a", numbers(1));
    expect(await recording.close({ timeoutMs: 10 })).toMatchObject({
      complete: false,
      droppedRows: 2,
      pendingBytes: 0,
    });
    expect(recording.stats().sinks).toMatchObject([{ state: "closed", droppedRows: 2 }]);
    open?.();
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
    expect(destination.messages).toEqual([]);
  });

  it("may log, which is sent after the message that it is sending", async () => {
    const { recording } = makeRecording();
    const messages: EncodedMessage[] = [];
    const sink = customSink({
      send(message) {
        if (message.manifest?.entityPath === "/a") recording.log("nested", numbers(1));
        messages.push(message);
      },
    });
    await recording.setSink(sink);
    for (const path of ["a", "b"]) recording.log(path, numbers(1));
    await recording.close();
    expect(pathsOf(messages)).toEqual(["/a", "/nested", "/b"]);
  });

  it("is refused if a member is wrong, or a server is needed", () => {
    const wrong = [
      [undefined, /`sink` must be an object with a method `send`/],
      [{ flush() {} }, /`sink` must be an object with a method `send`/],
      [{ send() {}, close: 1 }, /`close` must be a function, got 1/],
      [{ send() {}, kind: "none" }, /`kind` must be a name other than `buffering` and `none`/],
    ] as const;
    for (const [sink, message] of wrong) expect(() => customSink(sink as unknown as CustomSink)).toThrow(message);
    expect(() => checkSpooledSink(customSink(collecting()))).toThrow("got a custom sink");
  });
});
