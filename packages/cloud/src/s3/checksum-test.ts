import { randomId } from "@rerun-ts/core/encode";
import type { HttpResponse } from "../http/http.ts";
import { probeKey } from "../store/keys.ts";
import { isWrongChecksum } from "./s3-errors.ts";

/** Tests without a result after which a server counts as one that ignores checksums. */
const MAX_TESTS = 3;
const BODY = new TextEncoder().encode("checksum");
/** The CRC-32 of the body, and another one. */
const RIGHT = "3m/fmg==";
const WRONG = "3m/fmw==";

/** The requests of {@link ChecksumTest}. */
export interface ChecksumCalls {
  /** Creates an object by one request with a CRC-32, if there is none with this key. */
  readonly create: (key: string, body: Uint8Array, crc32: string) => Promise<HttpResponse>;
  /** Deletes an object by one request. */
  readonly delete: (key: string) => Promise<void>;
}

/**
 * Finds out whether a server compares the CRC-32 of a body, so that it keeps no beginning of an upload: it must reject a
 * small object with a wrong one, and then create the same object with the right one.
 */
export class ChecksumTest {
  readonly #calls: (signal: AbortSignal | undefined) => ChecksumCalls;
  #result: boolean | undefined;
  #running: Promise<void> | undefined;
  #tests = 0;

  constructor(calls: (signal: AbortSignal | undefined) => ChecksumCalls) {
    this.#calls = calls;
  }

  /** Whether the server compares checksums. The objects of a test are beside `key`. Never rejects. */
  async passes(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#result === undefined) {
      this.#running ??= this.#run(key, signal);
      await this.#running;
    }
    return this.#result === true;
  }

  /** Uses no checksums any more, because the server has rejected one. */
  fail(): void {
    this.#result = false;
  }

  async #run(key: string, signal: AbortSignal | undefined): Promise<void> {
    const result = await compares(key, this.#calls(signal));
    this.#running = undefined;
    // A call that was aborted says nothing about the server.
    if (result === undefined && (signal?.aborted === true || ++this.#tests < MAX_TESTS)) return;
    this.#result ??= result ?? false;
  }
}

/** `undefined` if there is no clear answer. */
async function compares(key: string, calls: ChecksumCalls): Promise<boolean | undefined> {
  const probe = probeKey(key, randomId());
  try {
    const rejected = await calls.create(probe, BODY, WRONG);
    if (rejected.status === 200 || rejected.status === 501) return false;
    if (!isWrongChecksum(rejected)) return undefined;
    const { status } = await calls.create(probe, BODY, RIGHT);
    if (status === 200) return true;
    // The server has kept the first object, or takes no checksums.
    return status === 412 || status === 400 ? false : undefined;
  } catch {
    return undefined;
  } finally {
    await calls.delete(probe).catch(() => {});
  }
}
