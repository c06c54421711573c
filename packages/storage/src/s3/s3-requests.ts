import type { RerunError } from "@rerun-ts/core";
import { RequestSigner } from "#request-signer";
import { sendRequest } from "#send-request";
import { attempt } from "../http/attempt.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { sizeOf } from "../store/body.ts";
import type { ObjectBody } from "../store/object-store.ts";
import { UNSIGNED } from "./body-headers.ts";
import { alreadyThere, foreignAnswer, type BucketRequest } from "./bucket-answer.ts";
import type { OptionLabels } from "./option-labels.ts";
import { presignedUrl, signingTime } from "./presigned-url.ts";
import type { CredentialsCache, S3Credentials } from "./s3-credentials.ts";
import { conflictIn, headRejection, isOldSignature, rejection } from "./s3-errors.ts";
import type { S3Location } from "./s3-location.ts";

/** The difference of clocks beyond which signatures are rejected, with some distance. */
const MAX_SKEW_MS = 4 * 60_000;

/** A request to a bucket. */
export interface S3Call {
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

/** The settings of {@link S3Requests}. */
export interface S3RequestSettings {
  readonly timeoutMs: number;
  /** The greatest number of requests of a call. */
  readonly attempts: number;
  /** Whether the address of the server is that of an option. */
  readonly hasEndpoint: boolean;
  readonly ca: string | undefined;
  /** The names of the options in errors. */
  readonly labels: OptionLabels;
  readonly onWait: ((text: string) => void) | undefined;
}

/** The facts that a signature depends on. */
interface Signature {
  readonly credentials: S3Credentials;
  /** The server's clock minus this machine's, as far as it was known. */
  readonly skewMs: number;
  /** The time of this machine. */
  readonly signedAt: number;
}

/** Signed requests to a bucket, which are repeated until the bucket itself has answered. */
export class S3Requests {
  readonly location: S3Location;
  readonly #credentials: CredentialsCache;
  readonly #settings: S3RequestSettings;
  /** Keys of signatures, each for a day. */
  readonly #cache = new Map<string, ArrayBuffer>();
  /** The server's clock minus this machine's. */
  #skewMs = 0;

  constructor(location: S3Location, credentials: CredentialsCache, settings: S3RequestSettings) {
    this.location = location;
    this.#credentials = credentials;
    this.#settings = settings;
  }

  /** Makes a call, with several requests if necessary. */
  async call(call: S3Call): Promise<HttpResponse> {
    const { doing, signal, request, attempts = this.#settings.attempts } = call;
    const { labels, hasEndpoint, onWait } = this.#settings;
    const hostAdvice = hasEndpoint ? "" : `; ${labels.endpoint} is the address of a server other than Amazon S3`;
    const isTemporary = (response: HttpResponse): string | undefined =>
      request && (foreignAnswer(response, request) ?? (request === "write" ? conflictIn(response) : undefined));
    const options = { doing, attempts, signal, isTemporary, hostAdvice, caLabel: labels.ca, onWait };
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

  /** The error of a response that rejects a call. */
  rejection(response: HttpResponse, doing: string): RerunError {
    return rejection(response, doing, this.#settings.labels);
  }

  /** The error of a response that rejects a call with HEAD. */
  headRejection(response: HttpResponse, doing: string): RerunError {
    return headRejection(response, doing, this.#settings.labels);
  }

  /** A URL by which anybody can read an object. */
  async presign(key: string, expiresSeconds: number): Promise<string> {
    const url = this.#urlOf(key);
    const credentials = await this.#credentials.get();
    const { region } = this.location;
    return presignedUrl(url, expiresSeconds, { credentials, region, time: Date.now() + this.#skewMs });
  }

  /**
   * Finds out whether the object exists after an upload without a response. A server may reject an upload before it has
   * read the body, and then close the connection. Such a response can get lost each time that the body is sent.
   */
  async #exists({ doing, key = "", body, signal }: S3Call): Promise<boolean> {
    const response = await this.#send({ method: "HEAD", doing, key, signal }, () => {});
    if (response.status !== 200 || foreignAnswer(response, "head") !== undefined) return false;
    // An intermediary in place of a server that hides its tags from pages knows nothing of the object.
    const size = response.headers.get("content-length");
    return size === null || body === undefined || Number(size) === sizeOf(body);
  }

  /** Learns from a rejected signature. Returns whether another one may be accepted. */
  #learn(response: HttpResponse, { method }: S3Call, { credentials, skewMs, signedAt }: Signature): boolean {
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
    { method, key, search = {}, headers = {}, body, request, signal, timeoutMs = this.#settings.timeoutMs }: S3Call,
    onSign: (signature: Signature) => void,
  ): Promise<HttpResponse> {
    const { region } = this.location;
    const url = this.#urlOf(key);
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
    const { ca } = this.#settings;
    const isObject = request === "read";
    return sendRequest({ method, url: signed.url, headers: signed.headers, body, isObject, signal, timeoutMs, ca });
  }

  /** The URL of an object, or of the bucket. */
  #urlOf(key: string | undefined): URL {
    const { base, prefix } = this.location;
    const url = new URL(base);
    if (key !== undefined) url.pathname += prefix + key;
    return url;
  }
}
