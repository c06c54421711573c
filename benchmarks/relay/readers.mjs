// Reads from a relay: `readers.mjs <port> <readers> <stuck readers> <messages> <timed: 1 or 0> <patience in ms>`.
// Prints "ready", and at the end when each reader had everything and how late the messages were.
import { once } from "node:events";
import { connect } from "node:http2";
import { SERVICE, TIME_FROM_END } from "./messages.mjs";

const [port, readers, stuck, count, timed, patienceMs] = process.argv.slice(2).map(Number);
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Of the messages with their time so many parts are not counted: the programs warm up. */
const WARM_UP = 0.25;
const latencies = [];

for (let index = 0; index < stuck; index++) (await open()).pause();
const all = await Promise.all(Array.from({ length: readers }, () => read()));
console.log("ready");
const timer = setTimeout(() => finish(), patienceMs);
await Promise.all(all.map(({ done }) => done));
clearTimeout(timer);
finish();

function finish() {
  const ends = all.map(({ reader }) => reader.ended).filter((ended) => ended !== undefined);
  const lastEnd = ends.reduce((latest, ended) => (ended > latest ? ended : latest), 0n);
  latencies.sort((a, b) => a - b);
  const at = (part) =>
    latencies.length === 0 ? undefined : latencies[Math.floor((latencies.length - 1) * part)] / 1e6;
  const got = Math.min(...all.map(({ reader }) => reader.got));
  console.log(
    JSON.stringify({ complete: ends.length === readers, got, lastEnd: String(lastEnd), p50: at(0.5), p99: at(0.99) }),
  );
  process.exit(0);
}

async function open() {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: WINDOW_BYTES } });
  await once(session, "connect");
  session.setLocalWindowSize(WINDOW_BYTES);
  const call = session.request({
    ":method": "POST",
    ":path": `${SERVICE}ReadMessages`,
    "content-type": "application/grpc",
    te: "trailers",
  });
  call.on("error", () => {});
  call.end(Buffer.alloc(5));
  await once(call, "response");
  return call;
}

/** Counts messages, wherever they are cut. */
async function read() {
  const call = await open();
  const reader = { got: 0, ended: undefined };
  const done = new Promise((resolve) => {
    let rest = Buffer.alloc(0);
    let skip = 0;
    call.on("data", (piece) => {
      let at = 0;
      if (timed === 0 && skip > 0) {
        at = Math.min(skip, piece.length);
        skip -= at;
        if (skip === 0) reader.got++;
      }
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      rest = rest.subarray(0, 0);
      while (at < bytes.length) {
        const left = bytes.length - at;
        const size = left < 5 ? Infinity : 5 + bytes.readUInt32BE(at + 1);
        if (size <= left) {
          if (timed === 1 && reader.got >= count * WARM_UP)
            latencies.push(Number(process.hrtime.bigint() - bytes.readBigInt64LE(at + size - TIME_FROM_END)));
          reader.got++;
          at += size;
        } else if (timed === 0 && left >= 5) {
          skip = size - left;
          at = bytes.length;
        } else {
          rest = bytes.subarray(at);
          break;
        }
      }
      if (reader.got < count) return;
      reader.ended = process.hrtime.bigint();
      resolve();
    });
    call.on("close", () => resolve());
  });
  return { reader, done };
}
