import type { HttpResponse } from "../http/http-request.ts";
import { sizeOf } from "../store/body.ts";
import { inTurn } from "../store/in-turn.ts";
import { probeKey } from "../store/keys.ts";
import type { ObjectBody } from "../store/object-store.ts";
import type { Crc32Of } from "./crc32-of.ts";
import { isWrongChecksum } from "./s3-errors.ts";
import { randomId } from "@rerun-ts/core/util";

/** Smaller bodies are signed with their SHA-256. */
const MIN_BYTES = 256 * 1024;
/** Tests without a result after which a server counts as one that ignores checksums. */
const MAX_TESTS = 3;
const BODY = new TextEncoder().encode("checksum");
/** The CRC-32 of this body, and another one. */
const RIGHT = "3m/fmg==";
const WRONG = "3m/fmw==";

/** The requests of the test of {@link BodyChecksums}. */
export interface ChecksumCalls {
  /** Creates an object by one request with a CRC-32, if there is none with this key. */
  readonly create: (key: string, body: Uint8Array, crc32: string) => Promise<HttpResponse>;
  /** Deletes an object by one request. */
  readonly delete: (key: string) => Promise<void>;
}

/**
 * Checksums in place of the SHA-256 of large bodies, for servers that compare them, and so keep no beginning of an
 * upload. A test before the first large upload shows this: the server must reject a small object with a wrong checksum,
 * and then create the same object with the right one.
 */
export class BodyChecksums {
  readonly #crc32Of: Crc32Of;
  readonly #calls: (signal: AbortSignal | undefined) => ChecksumCalls;
  #result: boolean | undefined;
  #isRejected = false;
  #running: Promise<void> | undefined;
  #tests = 0;

  /** @param calls the requests, which `signal` aborts */
  constructor(crc32Of: Crc32Of, calls: (signal: AbortSignal | undefined) => ChecksumCalls) {
    // So that the first upload begins before all bodies are read.
    this.#crc32Of = inTurn(crc32Of);
    this.#calls = calls;
  }

  /** Whether a checksum may replace the SHA-256 of bodies of this size. Never rejects. */
  async mayReplaceSha256(key: string, size: number, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#passes(key, size, signal)) && !this.#isRejected;
  }

  /** The checksum of a body without a SHA-256, or `undefined` if the server does not compare it. */
  async of(key: string, body: ObjectBody, signal: AbortSignal | undefined): Promise<string | undefined> {
    return (await this.#passes(key, sizeOf(body), signal)) ? this.#crc32Of(body) : undefined;
  }

  /** Notes that the server has rejected an upload with a checksum. Later attempts have a SHA-256. */
  noteRejection(): void {
    this.#isRejected = true;
  }

  /** The objects of the test are beside `key`. */
  async #passes(key: string, size: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (size < MIN_BYTES) return false;
    if (this.#result === undefined) {
      this.#running ??= this.#test(key, signal);
      await this.#running;
    }
    return this.#result === true;
  }

  async #test(key: string, signal: AbortSignal | undefined): Promise<void> {
    const result = await compares(key, this.#calls(signal));
    this.#running = undefined;
    // A call that was aborted says nothing about the server.
    if (result === undefined && (signal?.aborted === true || ++this.#tests < MAX_TESTS)) return;
    this.#result = result ?? false;
  }
}

/** Whether a server compares checksums. `undefined` if there is no clear answer. */
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
