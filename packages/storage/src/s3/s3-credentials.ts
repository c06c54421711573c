import { RerunError } from "@rerun-ts/core";
import { argumentError, invalidArgument, messageOf } from "@rerun-ts/core/checks";

/** The credentials of an S3 API. */
export interface S3Credentials {
  /** The public half of the key, such as `AKIA…`. */
  readonly accessKeyId: string;
  /** The secret. No message contains it. */
  readonly secretAccessKey: string;
  /** The token of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** The end of their validity. New ones are requested five minutes before. Default: never. */
  readonly expiration?: Date | undefined;
}

/** Credentials, or a function that returns them, such as a provider of the AWS SDK. */
export type S3CredentialsSource = S3Credentials | (() => S3Credentials | Promise<S3Credentials>);

const EARLY_MS = 5 * 60_000;
/** Headers refuse other characters, with a message that has the whole header. */
const PLAIN = /^[\x21-\x7e]*$/;
const PLAIN_TEXT = "ASCII characters without spaces and line breaks";

/** The credentials of a store, which are requested on demand and kept until they expire. */
export class CredentialsCache {
  readonly #source: S3CredentialsSource;
  #current: S3Credentials | undefined;
  #pending: Promise<S3Credentials> | undefined;

  /** @throws {TypeError} if there is nothing like credentials */
  constructor(source: S3CredentialsSource) {
    if (typeof source !== "function") this.#current = check(source);
    this.#source = source;
  }

  get(): Promise<S3Credentials> {
    const current = this.#current;
    const isValid = (current?.expiration?.getTime() ?? Infinity) - Date.now() > EARLY_MS;
    if (current !== undefined && (isValid || typeof this.#source !== "function")) return Promise.resolve(current);
    this.#pending ??= this.#ask().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  /** Forgets rejected credentials. Returns whether the source may have others. */
  reject(credentials: S3Credentials): boolean {
    if (typeof this.#source !== "function") return false;
    // Another call may have fetched new credentials since.
    if (this.#current === credentials) this.#current = undefined;
    return true;
  }

  async #ask(): Promise<S3Credentials> {
    try {
      if (typeof this.#source !== "function") return this.#source;
      this.#current = check(await this.#source());
      return this.#current;
    } catch (error) {
      throw new RerunError("AUTH", `there are no credentials: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The credentials in the environment of a program, as other tools for S3 find them there. */
export function environmentCredentials(): S3Credentials {
  const environment = (globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }).process?.env;
  const accessKeyId = environment?.["AWS_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = environment?.["AWS_SECRET_ACCESS_KEY"] ?? "";
  if (accessKeyId === "" || secretAccessKey === "")
    throw new RerunError("AUTH", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option `credentials`");
  const sessionToken = environment?.["AWS_SESSION_TOKEN"];
  for (const [name, text = ""] of Object.entries({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  }))
    if (!PLAIN.test(text)) throw new RerunError("AUTH", `${name} must be ${PLAIN_TEXT}`);
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function check(credentials: S3Credentials): S3Credentials {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = (credentials as Partial<S3Credentials> | null) ?? {};
  // The message has the names of the properties, but no values.
  const isObject = typeof credentials === "object" && credentials !== null && !Array.isArray(credentials);
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string")
    throw invalidArgument(
      "credentials",
      "an object with `accessKeyId` and `secretAccessKey`, or a function that returns them",
      isObject ? credentials : typeof credentials,
    );
  for (const [name, text] of Object.entries({ accessKeyId, secretAccessKey, sessionToken }))
    if (!PLAIN.test(text)) throw argumentError("credentials", `\`credentials.${name}\` must be ${PLAIN_TEXT}`);
  return credentials;
}
