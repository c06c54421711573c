import { urlOf } from "@rerun-ts/test-support/node/free-port";
import { countBytes } from "./chromium/count-bytes.ts";
import { runPage } from "./chromium/run-page.ts";
import { startRelay } from "./relay.ts";
import { alignTable } from "./table.ts";

const ROUNDS = { full: 5, quick: 2 };
const FRAMES = { full: 600, quick: 180 };
/** The addresses of a relay, by transport. */
const TRANSPORTS: Readonly<Record<Transport, (port: number) => string>> = {
  "gRPC-web": urlOf,
  WebSocket: (port) => `ws://127.0.0.1:${port}/ws`,
};

type Transport = "gRPC-web" | "WebSocket";

/** The cost of a page that logs a scalar in each frame, 60 times a second. */
export interface LiveCost {
  /** Processor time of the browser for a frame beyond the time of the same page without logging, in milliseconds. */
  readonly cpuMs: number;
  /** The bytes that the browser sends for a frame, with the headers of HTTP. */
  readonly bytes: number;
}

/** The median cost of each transport. */
export type LivePage = Readonly<Record<Transport, LiveCost>>;

/** Logs scalars in pages to a relay, by transports that take turns. */
export async function measureLivePage(size: "full" | "quick"): Promise<LivePage> {
  console.log("A page that logs a scalar in each frame …");
  const calls = FRAMES[size];
  const costs: Record<Transport, LiveCost[]> = { "gRPC-web": [], WebSocket: [] };
  for (let round = 0; round < ROUNDS[size]; round++) {
    const idle = await runPage({ program: "scalar-frames", calls, target: "none" });
    for (const transport of Object.keys(costs) as Transport[]) {
      const { bytes, cpuSeconds } = await runTransport(transport, calls);
      costs[transport].push({ bytes: bytes / calls, cpuMs: ((cpuSeconds - (idle.cpuSeconds ?? NaN)) * 1000) / calls });
    }
  }
  return { "gRPC-web": median(costs["gRPC-web"]), WebSocket: median(costs.WebSocket) };
}

async function runTransport(transport: Transport, calls: number): Promise<{ bytes: number; cpuSeconds: number }> {
  const relay = await startRelay();
  const counter = await countBytes(relay.port);
  try {
    const target = TRANSPORTS[transport](counter.port);
    const { cpuSeconds = NaN } = await runPage({ program: "scalar-frames", calls, target });
    return { bytes: counter.sentBytes(), cpuSeconds };
  } finally {
    await counter.close();
    await relay.stop();
  }
}

function median(costs: readonly LiveCost[]): LiveCost {
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  return { cpuMs: middle(costs.map(({ cpuMs }) => cpuMs)), bytes: middle(costs.map(({ bytes }) => bytes)) };
}

/** Formats the costs for a console. */
export function formatLivePage(costs: LivePage): string {
  const { "gRPC-web": grpc, WebSocket: socket } = costs;
  const rows = [["a page, a scalar at 60 Hz", "CPU ms a frame", "bytes a frame"]];
  for (const [name, { cpuMs, bytes }] of Object.entries(costs)) rows.push([name, cpuMs.toFixed(3), bytes.toFixed(0)]);
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}×`;
  rows.push(["gRPC-web ÷ WebSocket", ratio(grpc.cpuMs, socket.cpuMs), ratio(grpc.bytes, socket.bytes)]);
  return alignTable(rows);
}
