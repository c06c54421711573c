import type { TestContext } from "vitest";
import { isCi } from "../node/environment.ts";
import { ensureNatsServer } from "./nats.ts";

const MISSING = "there is no nats-server; NATS_SERVER may name its path";

/** Returns the path of the NATS server. Where the server cannot be installed, skips the test, or fails it in CI. */
export async function needNats(context: Pick<TestContext, "skip">): Promise<string> {
  const path = await ensureNatsServer();
  if (path === undefined && !isCi) context.skip(MISSING);
  if (path === undefined) throw new Error(MISSING);
  return path;
}
