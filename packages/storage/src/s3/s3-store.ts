import { checkOptions, invalidArgument, nonNegative, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { crc32ForTls } from "#crc32-of";
import { RequestSigner } from "#request-signer";
import { sendRequest } from "#send-request";
import { attempt } from "../http/attempt.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { sizeOf } from "../store/body.ts";
import { checkCertificates } from "../store/certificates.ts";
import { checkFolder, checkKey, checkPrefix, isKey } from "../store/keys.ts";
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
import { SHA256, UNSIGNED, checksumHeaders, hashHeaders, type BodyHeaders } from "./body-headers.ts";
import { parseListPage, timeOf, type ListPage } from "./list-objects.ts";
import { alreadyThere, foreignAnswer, type BucketRequest } from "./bucket-answer.ts";
import { conflictIn, isDenied, isOldSignature, headRejection, rejection } from "./s3-errors.ts";
import { OPTION_LABELS, type OptionLabels } from "./option-labels.ts";
import { presignedUrl, signingTime } from "./presigned-url.ts";
import { probeStore, testOnce } from "./probe-store.ts";
import {
  CredentialsCache,
  environmentCredentials,
  type S3Credentials,
  type S3CredentialsSource,
} from "./s3-credentials.ts";
import { s3Location, type S3Location, type S3LocationOptions } from "./s3-location.ts";

const ATTEMPTS = 6;
const TIMEOUT_MS = 30_000;
/** The difference of clocks beyond which signatures are rejected, with some distance. */
const MAX_SKEW_MS = 4 * 60_000;
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
  const credentials = new CredentialsCache(options.credentials ?? environmentCredentials);
  return new S3Store(s3Location(url, options), credentials, { ...options, timeoutMs, attempts }, labels, onWait);
}

interface Call {
  readonly method: string;
  /** The start of messages. */
  readonly doing: string;
  readonly key?: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ObjectBody;
  readonly signal: AbortSignal | undefined;
  readonly attempts?: number;
  readonly timeoutMs?: number;
  /** The kind of a request for an object, so that answers of others than the bucket do not count. */
  readonly request?: BucketRequest;
}

/** The facts that a signature depends on. */
interface Signature {
  readonly credentials: S3Credentials;
  /** The server's clock minus this machine's, as far as it was known. */
  readonly skewMs: number;
  /** The time of this machine. */
  readonly signedAt: number;
}

class S3Store implements ObjectStore {
  readonly url: string;
  readonly #location: S3Location;
  readonly #credentials: CredentialsCache;
  readonly #options: S3StoreOptions & { readonly timeoutMs: number; readonly attempts: number };
  readonly #labels: OptionLabels;
  readonly #onWait: ((text: string) => void) | undefined;
  /** Keys of signatures, each for a day. */
  readonly #cache = new Map<string, ArrayBuffer>();
  /** The server's clock minus this machine's. */
  #skewMs = 0;
  readonly #gate: StoreGate;
  /** `undefined` where a CRC-32 never replaces a SHA-256: only TLS protects a body with such a checksum on its way. */
  readonly #checksums: BodyChecksums | undefined;

  constructor(
    location: S3Location,
    credentials: CredentialsCache,
    options: S3StoreOptions & { readonly timeoutMs: number; readonly attempts: number },
    labels: OptionLabels,
    onWait: ((text: string) => void) | undefined,
  ) {
    this.url = location.url;
    this.#location = location;
    this.#credentials = credentials;
    this.#options = options;
    this.#labels = labels;
    this.#onWait = onWait;
    this.#gate = shareGate(this, location.base.href);
    const crc32Of = location.base.protocol === "https:" && options.probe !== false ? crc32ForTls() : undefined;
    this.#checksums = crc32Of && new BodyChecksums(crc32Of, (signal) => this.#checksumCalls(signal));
  }

  create(key: string, body: ObjectBody, options: CreateOptions = {}): Promise<boolean> {
    return withRerunErrors(async () => {
      checkKey(key);
      if (this.#options.probe !== false) await this.#probe(key, options.signal);
      const doing = `cannot create ${this.url}/${key}`;
      const { sha256, signal } = options;
      const crc32 = sha256 === undefined ? await this.#checksums?.of(key, body, signal) : undefined;
      const headers = crc32 === undefined ? await hashHeaders(body, sha256) : checksumHeaders(crc32);
      const type = options.contentType === undefined ? {} : { "content-type": options.contentType };
      const response = await this.#put(key, body, { ...headers, ...type }, { doing, signal });
      if (crc32 !== undefined && (response.status === 400 || response.status === 501)) this.#checksums?.noteRejection();
      if (response.status === 412) return false;
      if (response.status !== 200) throw rejection(response, doing, this.#labels);
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
      const response = await this.#call({ method: "HEAD", request: "head", doing, key, signal });
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw headRejection(response, doing, this.#labels);
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
      const response = await this.#call({ method: "GET", request: "read", doing, key, headers, signal });
      if (response.status === 416) return new Uint8Array();
      if (response.status === 206) return response.body.subarray(0, length);
      // Some servers ignore ranges.
      if (response.status === 200) return response.body.subarray(offset, offset + length);
      throw rejection(response, doing, this.#labels);
    });
  }

  async *list(prefix: string, { startAfter = "", signal }: ListObjectsOptions = {}): AsyncGenerator<ObjectInfo> {
    const { prefix: own } = this.#location;
    const search = startAfter === "" ? {} : { "start-after": own + startAfter };
    for await (const { objects } of this.#pages(prefix, search, signal))
      for (const object of objects) {
        const key = object.key.slice(own.length);
        // Others belong to somebody else. Servers sort them differently, or cannot tell their characters.
        if (isKey(key)) yield { ...object, key };
      }
  }

  async *listFolders(prefix: string, { signal }: StoreOptions = {}): AsyncGenerator<string> {
    const folder = this.#location.prefix + checkFolder(prefix);
    let last = "";
    for await (const { folders, objects } of this.#pages(prefix, { delimiter: "/" }, signal)) {
      // Servers that ignore the delimiter list the objects in the folders instead.
      const names = objects.map(({ key }) => key.slice(0, key.indexOf("/", folder.length) + 1));
      for (const name of folders.length > 0 ? folders : names) {
        if (name.length <= folder.length || name === last || !isKey(name.slice(folder.length, -1))) continue;
        yield name.slice(this.#location.prefix.length);
        last = name;
      }
    }
  }

  /** The pages of a list of objects or folders. */
  async *#pages(
    prefix: string,
    settings: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ListPage> {
    checkPrefix(prefix);
    const { prefix: storePrefix } = this.#location;
    const doing = `cannot list ${this.url}/${prefix}`;
    let next: string | undefined;
    do {
      const search = {
        "list-type": "2",
        prefix: storePrefix + prefix,
        ...settings,
        ...(next === undefined ? {} : { "continuation-token": next }),
      };
      const response = await this.#call({ method: "GET", request: "list", doing, search, signal });
      if (response.status !== 200) throw rejection(response, doing, this.#labels);
      const page = parseListPage(new TextDecoder().decode(response.body), next);
      yield page;
      next = page.next;
    } while (next !== undefined);
  }

  presignRead(key: string, expiresSeconds: number): Promise<string> {
    return withRerunErrors(async () => {
      checkKey(key);
      const { base, prefix, region } = this.#location;
      const url = new URL(base);
      url.pathname += prefix + key;
      const credentials = await this.#credentials.get();
      return presignedUrl(url, expiresSeconds, { credentials, region, time: Date.now() + this.#skewMs });
    });
  }

  delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    return withRerunErrors(async () => {
      const doing = `cannot delete ${this.url}/${checkKey(key)}`;
      const response = await this.#call({ method: "DELETE", request: "delete", doing, key, signal });
      if (![200, 204, 404].includes(response.status) || isDenied(response))
        throw rejection(response, doing, this.#labels);
    });
  }

  /** Finds out once whether the server is atomic. */
  #probe(key: string, signal: AbortSignal | undefined): Promise<void> {
    const settings = { doing: `cannot test ${this.url}`, signal };
    const calls = {
      ask: async (probe: string) =>
        void (await this.#call({ method: "HEAD", key: probe, ...this.#tries(), ...settings })),
      create: async (probe: string, body: Uint8Array) =>
        (await this.#put(probe, body, await hashHeaders(body), { ...settings, attempts: 1 })).status,
      delete: (probe: string) => this.delete(probe, { signal }),
    };
    return testOnce(this.#location.base.href, () => probeStore(this.url, key, calls), signal);
  }

  /** An upload that tests whether the store is back is one request. */
  #tries(): Pick<Call, "attempts"> {
    return this.#gate.isAway ? { attempts: 1 } : {};
  }

  #checksumCalls(signal: AbortSignal | undefined): ChecksumCalls {
    const timeoutMs = Math.min(this.#options.timeoutMs, CHECKSUM_TIMEOUT_MS);
    const settings = { doing: `cannot test ${this.url}`, attempts: 1, timeoutMs, signal };
    return {
      create: (key, body, crc32) => this.#put(key, body, checksumHeaders(crc32), settings),
      delete: async (key) => void (await this.#call({ method: "DELETE", key, ...settings })),
    };
  }

  #put(
    key: string,
    body: ObjectBody,
    protection: BodyHeaders,
    settings: Pick<Call, "doing" | "attempts" | "timeoutMs" | "signal">,
  ): Promise<HttpResponse> {
    const headers = { "if-none-match": "*", "content-type": "application/octet-stream", ...protection };
    return this.#call({ method: "PUT", key, headers, body, request: "write", ...this.#tries(), ...settings });
  }

  async #call(call: Call): Promise<HttpResponse> {
    const { doing, signal, request, attempts = this.#options.attempts } = call;
    const hostAdvice =
      this.#options.endpoint === undefined
        ? `; ${this.#labels.endpoint} is the address of a server other than Amazon S3`
        : "";
    const isTemporary = (response: HttpResponse): string | undefined =>
      request && (foreignAnswer(response, request) ?? (request === "write" ? conflictIn(response) : undefined));
    const options = {
      doing,
      attempts,
      signal,
      isTemporary,
      hostAdvice,
      caLabel: this.#labels.ca,
      onWait: this.#onWait,
    };
    let signature: Signature | undefined;
    let isUnanswered = false;
    const send = async (): Promise<HttpResponse> => {
      if (isUnanswered && call.method === "PUT" && (await this.#exists(call))) return alreadyThere();
      try {
        return await this.#send(call, (used) => (signature = used));
      } catch (error) {
        isUnanswered = true;
        throw error;
      }
    };
    const response = await attempt(send, options);
    if (signature === undefined || !this.#learn(response, call, signature)) return response;
    return await attempt(send, options);
  }

  /**
   * Finds out whether the object exists after an upload without a response. A server may reject an upload before it has
   * read the body, and then close the connection. Such a response can get lost each time that the body is sent.
   */
  async #exists({ doing, key = "", body, signal }: Call): Promise<boolean> {
    const response = await this.#send({ method: "HEAD", doing, key, signal }, () => {});
    if (response.status !== 200 || foreignAnswer(response, "head") !== undefined) return false;
    // An intermediary in place of a server that hides its tags from pages knows nothing of the object.
    const size = response.headers.get("content-length");
    return size === null || body === undefined || Number(size) === sizeOf(body);
  }

  /** Learns from a rejected signature. Returns whether another one may be accepted. */
  #learn(response: HttpResponse, { method }: Call, { credentials, skewMs, signedAt }: Signature): boolean {
    if (response.status !== 403 && response.status !== 400) return false;
    const now = Date.now();
    const foundMs = Date.parse(response.headers.get("date") ?? "") - now;
    if (Math.abs(foundMs - skewMs) > MAX_SKEW_MS) {
      this.#skewMs = foundMs;
      return true;
    }
    // The program may have been frozen before it sent the request.
    if (now - signedAt > MAX_SKEW_MS) return true;
    // Responses to HEAD contain no reason.
    return (method === "HEAD" || isOldSignature(response)) && this.#credentials.reject(credentials);
  }

  async #send(
    { method, key, search = {}, headers = {}, body, request, signal, timeoutMs = this.#options.timeoutMs }: Call,
    onSign: (signature: Signature) => void,
  ): Promise<HttpResponse> {
    const { base, prefix, region } = this.#location;
    const url = new URL(base);
    if (key !== undefined) url.pathname += prefix + key;
    for (const [name, value] of Object.entries(search)) url.searchParams.set(name, value);
    const credentials = await this.#credentials.get();
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const skewMs = this.#skewMs;
    const signedAt = Date.now();
    onSign({ credentials, skewMs, signedAt });
    const signer = new RequestSigner({
      method,
      url: url.href,
      headers: { "x-amz-content-sha256": UNSIGNED, ...headers },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region,
      cache: this.#cache,
      datetime: signingTime(signedAt + skewMs),
    });
    const signed = await signer.sign();
    const { ca } = this.#options;
    const isObject = request === "read";
    return sendRequest({ method, url: signed.url, headers: signed.headers, body, isObject, signal, timeoutMs, ca });
  }
}
