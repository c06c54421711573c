import { checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { AwsV4Signer } from "aws4fetch";
import type { ObjectToSign, PresignedRequest } from "./presigned-store.ts";
import { checkKey } from "../store/keys.ts";
import { CredentialsCache, environmentCredentials, type S3CredentialsSource } from "../s3/s3-credentials.ts";
import { s3Location, type S3LocationOptions } from "../s3/s3-location.ts";

const EXPIRES_SECONDS = 900;
/** Servers accept no longer time: a week. */
const MAX_EXPIRES_SECONDS = 604_800;
const SHA256 = /^[0-9a-f]{64}$/i;

/** Options of {@link presignUpload}. */
export interface PresignUploadOptions extends S3LocationOptions {
  /** The credentials, as those of `s3Store`. Default: those of the environment. */
  credentials?: S3CredentialsSource | undefined;
  /** The time in which the request is valid, in seconds, at most a week. Default 900. */
  expiresSeconds?: number | undefined;
}

const KNOWN: OptionNames<PresignUploadOptions> = {
  endpoint: 1,
  region: 1,
  pathStyle: "boolean",
  credentials: 1,
  expiresSeconds: 1,
};

/**
 * Signs the upload of one part, on a server: the program with the result can create this object, and nothing else.
 * Check the key before, such as that it begins with the folder of a user.
 *
 * @param url the bucket and prefix, as for `s3Store`
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, `AUTH` without credentials
 */
export function presignUpload(
  url: string | URL,
  part: Pick<ObjectToSign, "key"> & Partial<ObjectToSign>,
  options: PresignUploadOptions = {},
): Promise<PresignedRequest> {
  return withRerunErrors(async () => {
    checkOptions("presignUpload", options, KNOWN);
    if (typeof part !== "object" || part === null)
      throw invalidArgument("part", 'an object such as { key: "v1/fleet/1.rrd", sha256 }', part);
    const { sha256 } = part;
    const key = checkKey(part.key);
    if (sha256 !== undefined && !(typeof sha256 === "string" && SHA256.test(sha256)))
      throw invalidArgument("sha256", "64 hexadecimal digits", sha256);
    const expiresSeconds = options.expiresSeconds ?? EXPIRES_SECONDS;
    if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS)
      throw invalidArgument("expiresSeconds", "an integer from 1 to 604800, a week", expiresSeconds);
    const { base, prefix, region } = s3Location(url, options);
    const { accessKeyId, secretAccessKey, sessionToken } = await new CredentialsCache(
      options.credentials ?? environmentCredentials,
    ).get();
    const target = new URL(base);
    target.pathname += prefix + key;
    target.searchParams.set("X-Amz-Expires", String(expiresSeconds));
    const headers = sha256 === undefined ? {} : hashHeaders(sha256);
    const signer = new AwsV4Signer({
      method: "PUT",
      url: target.href,
      // Signed, so that the client cannot omit it.
      headers: { "if-none-match": "*", ...headers },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region,
      signQuery: true,
      allHeaders: true,
    });
    return { url: (await signer.sign()).url.href, headers };
  });
}

/**
 * Headers with the hash of an object: one for its metadata, and one that the server compares with the received bytes.
 */
function hashHeaders(sha256: string): Readonly<Record<string, string>> {
  const bytes = (sha256.match(/../g) ?? []).map((digits) => String.fromCharCode(parseInt(digits, 16)));
  return { "x-amz-meta-sha256": sha256, "x-amz-checksum-sha256": btoa(bytes.join("")) };
}
