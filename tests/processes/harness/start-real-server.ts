import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { onTestFinished } from "vitest";

/** Starts a real `rerun --serve-grpc`, with further arguments if given, and kills it at the end of the test. */
export async function startRealServer(rerun: string, port?: number, more: readonly string[] = []): Promise<RealServer> {
  const server = await RealServer.start(rerun, port, more);
  onTestFinished(() => server.stop());
  return server;
}
