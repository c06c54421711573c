import { rm } from "node:fs/promises";
import { join } from "node:path";
import { urlOf } from "@rerun-ts/test-support/node/free-port";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { startRelay, type Server } from "./relay.ts";
import { outputFolder, runPeer, type OwnPeers, type Peer, type PeerRun } from "./run-peers.ts";
import type { Workload } from "./workloads.ts";

/** The settings of a run. */
export interface RunOptions {
  /** How long it is. */
  readonly size: "full" | "quick";
  /** The path of the real `rerun`, for workloads that send to its server. */
  readonly rerun: string | undefined;
}

/** Runs a workload that logs once, in a new process, with a new server if it sends. */
export async function runOnce(workload: Workload, peer: Peer, { size, rerun }: RunOptions): Promise<PeerRun> {
  const { name, program = name, calls, toRelay, inPage } = workload;
  const count = calls[size] ?? calls.full;
  const server = await startServer(workload, rerun);
  if (server !== undefined) {
    const isWebSocket = toRelay === true && inPage === true && peer.name !== "Python";
    const url = isWebSocket ? `ws://127.0.0.1:${server.port}/ws` : urlOf(server.port);
    try {
      return await runPeer(peer, program, count, url);
    } finally {
      await server.stop();
    }
  }
  const file = join(outputFolder, `${name}.rrd`);
  const run = await runPeer(peer, program, count, inPage === true ? `memory:${file}` : file);
  await rm(file, { force: true });
  return run;
}

/** The peer of this SDK for a workload that logs. */
export function ownPeerOf({ inPage = false, fromWorker = false }: Workload, peers: OwnPeers): Peer {
  if (!inPage) return peers.onNode;
  return fromWorker ? peers.inWorker : peers.inPage;
}

/** The server that a workload sends to; `undefined` if the workload writes a file. */
async function startServer({ toServer, toRelay }: Workload, rerun: string | undefined): Promise<Server | undefined> {
  if (toRelay === true) return startRelay();
  return toServer === true && rerun !== undefined ? RealServer.start(rerun) : undefined;
}
