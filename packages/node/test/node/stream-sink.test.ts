import { Writable } from "node:stream";
import { RecordingStream, Scalars, StreamSink, type RerunError } from "@rerun-ts/node";
import { decodeRrd } from "@rerun-ts/core/decode";
import { describe, expect, it, onTestFinished, vi } from "vitest";

/** A recording to `stream`, with one chunk per row. */
function recordInto(stream: Writable): { recording: RecordingStream; opened: Promise<void>; errors: RerunError[] } {
  const errors: RerunError[] = [];
  const recording = new RecordingStream("streams", {
    batcher: { flushNumRows: 0 },
    onError: (error) => errors.push(error),
    onWarning: () => {},
  });
  const opened = recording.setSink(new StreamSink(stream));
  return { recording, opened, errors };
}

function log(recording: RecordingStream, rows: number): void {
  for (let row = 0; row < rows; row++) recording.log("row", new Scalars(row));
}

describe("StreamSink on a Writable", () => {
  it("leaves no listeners on a stream that is full many times", async () => {
    const warn = vi.spyOn(process, "emitWarning");
    onTestFinished(() => warn.mockRestore());
    const pieces: Uint8Array[] = [];
    const stream = new Writable({
      highWaterMark: 1,
      write(piece: Uint8Array, _, done) {
        pieces.push(piece);
        setImmediate(done);
      },
    });
    const { recording } = recordInto(stream);
    log(recording, 100);
    await recording.flush();
    for (const event of ["drain", "error", "close"]) expect(stream.listenerCount(event)).toBeLessThanOrEqual(2);
    await recording.close();
    expect(warn).not.toHaveBeenCalled();
    expect(decodeRrd(Buffer.concat(pieces))).toHaveLength(103);
  });

  it("becomes broken when the stream fails", async () => {
    let writes = 0;
    const stream = new Writable({ write: (_piece, _, done) => done(++writes === 20 ? new Error("no more") : null) });
    const { recording, errors } = recordInto(stream);
    log(recording, 100);
    await expect(recording.flush()).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(recording.state).toBe("broken");
    log(recording, 100);
    await expect(recording.close()).rejects.toBe(errors[0]);
    expect(errors).toMatchObject([{ code: "IO_ERROR", message: "cannot write to the stream: no more" }]);
    expect(recording.stats().sinks[0]?.droppedRows).toBeGreaterThanOrEqual(100);
  });

  it("rejects a stream that was destroyed before", async () => {
    const { recording, opened, errors } = recordInto(new Writable().destroy());
    await expect(opened).rejects.toMatchObject({ code: "IO_ERROR", message: expect.stringContaining("destroyed") });
    expect(recording.state).toBe("buffering");
    expect(errors).toHaveLength(1);
  });

  it("reports a failure of the last bytes when it is closed", async () => {
    const stream = new Writable({
      write(piece: Buffer, _, done) {
        done(piece.includes("FOOT") ? new Error("no room for the footer") : null);
      },
    });
    const { recording, errors } = recordInto(stream);
    log(recording, 10);
    await recording.flush();
    await expect(recording.close()).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(errors).toMatchObject([{ message: expect.stringContaining("no room for the footer") }]);
  });

  it("reports if the stream cannot be ended", async () => {
    const stream = new Writable({
      write: (_piece, _, done) => done(),
      final: (done) => done(new Error("no end")),
    });
    const { recording, errors } = recordInto(stream);
    await expect(recording.close()).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(errors).toMatchObject([{ message: expect.stringContaining("no end") }]);
  });

  it("leaves the stream open with `preventClose`", async () => {
    const pieces: Uint8Array[] = [];
    const stream = new Writable({
      write(piece: Uint8Array, _, done) {
        pieces.push(piece);
        done();
      },
    });
    const errors: RerunError[] = [];
    const recording = new RecordingStream("streams", { onError: (error) => errors.push(error) });
    await recording.setSink(new StreamSink(stream, { preventClose: true }));
    log(recording, 1);
    await recording.close();
    expect(stream.writableEnded).toBe(false);
    for (const event of ["drain", "error", "close"]) expect(stream.listenerCount(event)).toBe(0);
    await new Promise<void>((resolve) => stream.end("more", resolve));
    expect(errors).toEqual([]);
    expect(Buffer.concat(pieces).toString("latin1")).toMatch(/RRF2FOOT....more$/s);
  });
});
