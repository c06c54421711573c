import { invalidArgument } from "@rerun-ts/core/checks";
import { RequestSigner } from "#request-signer";
import type { S3Credentials } from "./s3-credentials.ts";

/** The longest time of a signed URL that servers accept: a week. */
const MAX_EXPIRES_SECONDS = 604_800;

/** The facts that a signature depends on besides the request. */
interface SigningFacts {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** The time of the server, in milliseconds since 1970. */
  readonly time: number;
}

/**
 * A URL with a signature, with which anybody can read an object.
 *
 * @throws {TypeError} if the time is wrong
 */
export async function presignedUrl(
  object: URL,
  expiresSeconds: number,
  { credentials, region, time }: SigningFacts,
): Promise<string> {
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS)
    throw invalidArgument("expiresSeconds", "an integer from 1 to 604800, a week", expiresSeconds);
  const url = new URL(object);
  url.searchParams.set("X-Amz-Expires", String(expiresSeconds));
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new RequestSigner({
    method: "GET",
    url: url.href,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: "s3",
    region,
    signQuery: true,
    datetime: signingTime(time),
  });
  return (await signer.sign()).url.href;
}

/** A time as in signatures. */
export function signingTime(time: number): string {
  return new Date(time).toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
}
