import { isRerunError, type RerunErrorCode } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/util";
import { commitKey, logPrefix } from "../commits/log-keys.ts";
import { probeKey } from "../store/keys.ts";
import { createObject } from "../store/create-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { LogStream } from "./log-stream.ts";

/** A store or NATS without an answer in this time may have one later. */
const CHECK_MS = 5000;
/** Refusals that no repetition changes. */
const REFUSED: ReadonlySet<RerunErrorCode> = new Set(["AUTH", "UNSUPPORTED", "NOT_FOUND"]);

/** Settings of {@link checkAccess}. */
export interface AccessSettings {
  readonly store: ObjectStore;
  readonly stream: Pick<LogStream, "state">;
  readonly dataset: string;
  readonly partition: number;
}

/**
 * Finds out whether an ingester may do its work. All other failures are left to the ingester, which repeats what has
 * failed.
 *
 * @throws {RerunError} `AUTH` if NATS or the store denies access, `UNSUPPORTED` if the store is not safe,
 * `NOT_FOUND` if the bucket does not exist
 */
export async function checkAccess({ store, stream, dataset, partition }: AccessSettings): Promise<void> {
  const signal = AbortSignal.timeout(CHECK_MS);
  const late = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const checks = [stream.state(signal), checkStoreAccess(store, dataset, partition, signal)];
  const results = await Promise.all(
    checks.map((check) =>
      Promise.race([check, late]).then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  const refusal = results.find((error) => isRerunError(error) && REFUSED.has(error.code));
  if (refusal !== undefined) throw refusal;
}

async function checkStoreAccess(
  store: ObjectStore,
  dataset: string,
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const _ of store.list(logPrefix(dataset, partition), { signal })) break;
  const key = probeKey(commitKey(dataset, partition, 1), randomId());
  await createObject(store, key, new Uint8Array(), { signal });
  // Without this right it stays until `rerun-ts compact` deletes it.
  await store.delete(key, { signal }).catch(() => {});
}
