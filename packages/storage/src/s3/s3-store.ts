import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { crc32ForTls } from "#crc32-of";
import type { HttpResponse } from "../http/http-request.ts";
import { checkCertificates } from "../store/certificates.ts";
import { checkKey } from "../store/keys.ts";
import { shareGate, type StoreGate } from "../store/store-gate.ts";
import type {
  CreateOptions,
  ListObjectsOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ReadObjectOptions,
  StoreOptions,
} from "../store/object-store.ts";
import { BodyChecksums, type ChecksumCalls } from "./body-checksums.ts";
import { SHA256, checksumHeaders, hashHeaders, type BodyHeaders } from "./body-headers.ts";
import { timeOf } from "./list-objects.ts";
import { OPTION_LABELS, type OptionLabels } from "./option-labels.ts";
import { probeStore, testOnce } from "./probe-store.ts";
import { CredentialsCache, environmentCredentials, type S3CredentialsSource } from "./s3-credentials.ts";
import { isDenied } from "./s3-errors.ts";
import { s3Location, type S3LocationOptions } from "./s3-location.ts";
import { S3Requests, type S3Call } from "./s3-requests.ts";
import { listStoredFolders, listStoredObjects } from "./store-listing.ts";

const ATTEMPTS = 6;
const TIMEOUT_MS = 30_000;
/** The same for the test of checksums, because uploads wait for it. */
const CHECKSUM_TIMEOUT_MS = 5000;

/** Options of {@link s3Store}. */
export interface S3StoreOptions extends S3LocationOptions {
  /**
   * The credentials, or a function for them, such as a provider of the AWS SDK. Default: the environment
   * variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
   */
  credentials?: S3CredentialsSource | undefined;
  /**
   * The longest time without progress of a request, in milliseconds. Less than 100 bytes per second are none, on Node.
   * Default 30,000.
   */
  timeoutMs?: number | undefined;
  /** The greatest number of requests of a call. Default 6. */
  attempts?: number | undefined;
  /**
   * Whether the first `create` tests the server: of eight requests for one key, one may succeed. Some servers are not
   * atomic. Over TLS, three requests before the first large upload find out whether a CRC-32 can replace the SHA-256.
   * Default `true`.
   */
  probe?: boolean | undefined;
  /** Certificates of authorities in PEM format. Default: the authorities of Node. Not in pages. */
  ca?: string | undefined;
}

const KNOWN: OptionNames<S3StoreOptions> = {
  endpoint: 1,
  region: 1,
  pathStyle: "boolean",
  credentials: 1,
  timeoutMs: 1,
  attempts: 1,
  probe: "boolean",
  ca: 1,
};

/**
 * An {@link ObjectStore} in a bucket with the API of S3, on any server. The server must support conditional requests:
 * calls reject with `UNSUPPORTED` if the first `create` detects that it does not.
 *
 * @param url the bucket and the prefix of all keys, such as `s3://bucket/prefix`
 * @throws {TypeError} if an argument is wrong
 *
 * @example
 * const store = s3Store("s3://recordings/robots", { endpoint: "https://storage.example.com" });
 */
export function s3Store(url: string | URL, options: S3StoreOptions = {}): ObjectStore {
  return labelledS3Store(url, options, OPTION_LABELS);
}

/** A store as of {@link s3Store}, with other names of the options in errors, that reports long waits. @throws {TypeError} */
export function labelledS3Store(
  url: string | URL,
  options: S3StoreOptions,
  labels: OptionLabels,
  onWait?: (text: string) => void,
): ObjectStore {
  checkOptions("s3Store", options, KNOWN);
  const { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS, ca } = options;
  nonNegative("timeoutMs", timeoutMs);
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw invalidArgument("attempts", "a positive integer", attempts);
  if (ca !== undefined) checkCertificates("ca", ca);
  const { credentials = environmentCredentials, endpoint, probe = true } = options;
  const settings = { timeoutMs, attempts, hasEndpoint: endpoint !== undefined, ca, labels, onWait };
  const requests = new S3Requests(s3Location(url, options), new CredentialsCache(credentials), settings);
  return new S3Store(requests, probe, timeoutMs);
}

class S3Store implements ObjectStore {
  readonly url: string;
  readonly #requests: S3Requests;
  readonly #isProbed: boolean;
  readonly #timeoutMs: number;
  readonly #gate: StoreGate;
  /** `undefined` where a CRC-32 never replaces a SHA-256: only TLS protects a body with such a checksum on its way. */
  readonly #checksums: BodyChecksums | undefined;

  /** @param isProbed whether the server is tested before the first object is created */
  constructor(requests: S3Requests, isProbed: boolean, timeoutMs: number) {
    const { url, base } = requests.location;
    this.url = url;
    this.#requests = requests;
    this.#isProbed = isProbed;
    this.#timeoutMs = timeoutMs;
    this.#gate = shareGate(this, base.href);
    const crc32Of = base.protocol === "https:" && isProbed ? crc32ForTls() : undefined;
    this.#checksums = crc32Of && new BodyChecksums(crc32Of, (signal) => this.#checksumCalls(signal));
  }

  create(key: string, body: ObjectBody, options: CreateOptions = {}): Promise<boolean> {
    return withRerunErrors(async () => {
      checkKey(key);
      if (this.#isProbed) await this.#probe(key, options.signal);
      const doing = `cannot create ${this.url}/${key}`;
      const { sha256, signal } = options;
      const crc32 = sha256 === undefined ? await this.#checksums?.of(key, body, signal) : undefined;
      const headers = crc32 === undefined ? await hashHeaders(body, sha256) : checksumHeaders(crc32);
      const type = options.contentType === undefined ? {} : { "content-type": options.contentType };
      const response = await this.#put(key, body, { ...headers, ...type }, { doing, signal });
      if (crc32 !== undefined && (response.status === 400 || response.status === 501)) this.#checksums?.noteRejection();
      if (response.status === 412) return false;
      if (response.status !== 200) throw this.#requests.rejection(response, doing);
      return true;
    });
  }

  wantsSha256(key: string, size: number, { signal }: StoreOptions = {}): Promise<boolean> {
    return withRerunErrors(async () => {
      checkKey(key);
      if (this.#checksums === undefined) return true;
      // Both tests at the same time, because the upload waits for them.
      const calls = [this.#checksums.mayReplaceSha256(key, size, signal), this.#probe(key, signal)] as const;
      return !(await Promise.all(calls))[0];
    });
  }

  head(key: string, { signal }: StoreOptions = {}): Promise<ObjectInfo | undefined> {
    return withRerunErrors(async () => {
      const doing = `cannot read ${this.url}/${checkKey(key)}`;
      const response = await this.#requests.call({ method: "HEAD", request: "head", doing, key, signal });
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw this.#requests.headRejection(response, doing);
      const [etag, sha256] = [response.headers.get("etag"), response.headers.get(SHA256)];
      const modified = timeOf(response.headers.get("last-modified"));
      return {
        key,
        size: Number(response.headers.get("content-length")),
        ...(etag === null ? {} : { etag }),
        ...(sha256 === null ? {} : { sha256 }),
        ...(modified === undefined ? {} : { modified }),
      };
    });
  }

  read(key: string, { offset = 0, length = Infinity, signal }: ReadObjectOptions = {}): Promise<Uint8Array> {
    return withRerunErrors(async () => {
      const doing = `cannot read ${this.url}/${checkKey(key)}`;
      // A range request must contain at least one byte.
      const last = offset + Math.max(length, 1) - 1;
      const isWhole = offset === 0 && length === Infinity;
      const headers = isWhole ? {} : { range: `bytes=${offset}-${last === Infinity ? "" : last}` };
      const response = await this.#requests.call({ method: "GET", request: "read", doing, key, headers, signal });
      if (response.status === 416) return new Uint8Array();
      if (response.status === 206) return response.body.subarray(0, length);
      // Some servers ignore ranges.
      if (response.status === 200) return response.body.subarray(offset, offset + length);
      throw this.#requests.rejection(response, doing);
    });
  }

  list(prefix: string, options: ListObjectsOptions = {}): AsyncGenerator<ObjectInfo> {
    return listStoredObjects(this.#requests, prefix, options);
  }

  listFolders(prefix: string, options: StoreOptions = {}): AsyncGenerator<string> {
    return listStoredFolders(this.#requests, prefix, options);
  }

  presignRead(key: string, expiresSeconds: number): Promise<string> {
    return withRerunErrors(async () => {
      checkKey(key);
      return await this.#requests.presign(key, expiresSeconds);
    });
  }

  delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    return withRerunErrors(async () => {
      const doing = `cannot delete ${this.url}/${checkKey(key)}`;
      const response = await this.#requests.call({ method: "DELETE", request: "delete", doing, key, signal });
      if (![200, 204, 404].includes(response.status) || isDenied(response))
        throw this.#requests.rejection(response, doing);
    });
  }

  /** Finds out once whether the server is atomic. */
  #probe(key: string, signal: AbortSignal | undefined): Promise<void> {
    const settings = { doing: `cannot test ${this.url}`, signal };
    const calls = {
      ask: async (probe: string) =>
        void (await this.#requests.call({ method: "HEAD", key: probe, ...this.#tries(), ...settings })),
      create: async (probe: string, body: Uint8Array) =>
        (await this.#put(probe, body, await hashHeaders(body), { ...settings, attempts: 1 })).status,
      delete: (probe: string) => this.delete(probe, { signal }),
    };
    return testOnce(this.#requests.location.base.href, () => probeStore(this.url, key, calls), signal);
  }

  /** An upload that tests whether the store is back is one request. */
  #tries(): Pick<S3Call, "attempts"> {
    return this.#gate.isAway ? { attempts: 1 } : {};
  }

  #checksumCalls(signal: AbortSignal | undefined): ChecksumCalls {
    const timeoutMs = Math.min(this.#timeoutMs, CHECKSUM_TIMEOUT_MS);
    const settings = { doing: `cannot test ${this.url}`, attempts: 1, timeoutMs, signal };
    return {
      create: (key, body, crc32) => this.#put(key, body, checksumHeaders(crc32), settings),
      delete: async (key) => void (await this.#requests.call({ method: "DELETE", key, ...settings })),
    };
  }

  #put(
    key: string,
    body: ObjectBody,
    protection: BodyHeaders,
    settings: Pick<S3Call, "doing" | "attempts" | "timeoutMs" | "signal">,
  ): Promise<HttpResponse> {
    const headers = { "if-none-match": "*", "content-type": "application/octet-stream", ...protection };
    return this.#requests.call({ method: "PUT", key, headers, body, request: "write", ...this.#tries(), ...settings });
  }
}
