// Logs to a stream: `streams.mjs <way> <file>`.
import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { createGzip } from "node:zlib";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
const recording = new rr.RecordingStream("streams", { batcher: { flushNumRows: 10 } });
recording.addEventListener("error", ({ error: { code } }) => report({ error: code }));

/** A stream that is full after the first bytes and never drains. */
const stuck = () => new Writable({ highWaterMark: 1, write() {} });

const WAYS = {
  async "a file, and ends without closing"() {
    await recording.setSink(new rr.StreamSink(createWriteStream(file)));
    logRows(recording);
  },
  "a file, and awaits nothing"() {
    void recording.setSink(new rr.StreamSink(createWriteStream(file)));
    logRows(recording);
  },
  async "a WHATWG stream, and ends without closing"() {
    await recording.setSink(new rr.StreamSink(Writable.toWeb(createWriteStream(file))));
    logRows(recording);
  },
  async "a file through compression, and ends without closing"() {
    const gzip = createGzip();
    gzip.pipe(createWriteStream(file));
    await recording.setSink(new rr.StreamSink(gzip));
    logRows(recording);
  },
  async "standard output, and ends without closing"() {
    await recording.setSink(new rr.StreamSink(process.stdout));
    logRows(recording);
  },
  async "a stream that is destroyed while it is full"() {
    const stream = stuck();
    await recording.setSink(new rr.StreamSink(stream));
    stream.destroy();
    logRows(recording);
    await recording.flush().catch(({ code }) => report({ rejected: code }));
    report({ state: recording.state });
  },
  async "a stream that was destroyed while it was full"() {
    const stream = stuck();
    await recording.setSink(new rr.StreamSink(stream));
    logRows(recording);
    stream.destroy();
    await recording.flush().catch(({ code }) => report({ rejected: code }));
    report({ state: recording.state });
  },
  async "a stream that other code destroys"() {
    const stream = new Writable({ write: (_piece, _encoding, done) => done() });
    await recording.setSink(new rr.StreamSink(stream));
    stream.destroy();
    logRows(recording);
    await recording.close().catch(({ code }) => report({ rejected: code }));
    report({ state: recording.stats().sinks[0].state });
  },
  async "a stream that other code ends"() {
    const stream = new Writable({ write: (_piece, _encoding, done) => done() });
    await recording.setSink(new rr.StreamSink(stream));
    stream.end();
    logRows(recording);
    await recording.close().catch(({ code }) => report({ rejected: code }));
    report({ state: recording.stats().sinks[0].state });
  },
  async "a WHATWG stream that was closed before"() {
    const stream = new WritableStream();
    await stream.close();
    await recording.setSink(new rr.StreamSink(stream)).catch(({ code }) => report({ rejected: code }));
    logRows(recording);
    await recording.flush().catch(({ code }) => report({ rejected: code }));
    report({ state: recording.state });
  },
  async "a stream that never accepts data"() {
    await recording.setSinks([new rr.StreamSink(stuck()), new rr.FileSink(file)]);
    logRows(recording);
  },
};

await WAYS[way]();
