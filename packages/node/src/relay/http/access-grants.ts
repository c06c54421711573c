import { createHash, timingSafeEqual } from "node:crypto";
import type { StoreId } from "@rerun-ts/core";
import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { argumentError, checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { RelayError } from "../relay-error.ts";

/** The rights of a token. */
export interface AccessGrant {
  /** The token: ASCII characters without spaces. */
  token?: string | undefined;
  /** The SHA-256 of the token as 64 hexadecimal digits, instead of the token. */
  sha256?: string | undefined;
  /** Whether the token allows logging. Default `false`. */
  write?: boolean | undefined;
  /** Whether the token allows reading. Default `false`. */
  read?: boolean | undefined;
  /**
   * The ids of its recordings, such as `"page-7"` or `"page-*"`: `*` matches any characters. The token then allows no
   * others, and no tables. Layouts belong to no recording, so the token allows all of them. Default: all recordings.
   */
  recordings?: string | readonly string[] | undefined;
}

const KNOWN: OptionNames<AccessGrant> = { token: 1, sha256: 1, write: "boolean", read: "boolean", recordings: 1 };

/** A checked {@link AccessGrant}, as plain data, because threads exchange it. */
export interface CheckedGrant {
  /** The SHA-256 of the token, as hexadecimal digits. */
  readonly sha256: string;
  readonly write: boolean;
  readonly read: boolean;
  readonly recordings: readonly string[] | undefined;
}

/** Whether a client may use a store. `undefined` if the client may use all stores. */
export type AllowedStores = ((storeId: StoreId) => boolean) | undefined;

/** Checks the rights of tokens. @throws {TypeError} that names the argument, without its tokens */
export function checkGrants(name: string, grants: readonly AccessGrant[]): CheckedGrant[] {
  if (!Array.isArray(grants))
    throw argumentError(name, `\`${name}\` must be a list of { token, write, read, recordings }`);
  const checked = (grants as readonly AccessGrant[]).map((grant, index) => checkGrant(`${name}[${index}]`, grant));
  for (const [index, { sha256 }] of checked.entries()) {
    const first = checked.findIndex((other) => other.sha256 === sha256);
    if (first < index)
      throw argumentError(name, `\`${name}[${index}]\` has the token of \`${name}[${first}]\`: join them to one entry`);
  }
  return checked;
}

function checkGrant(name: string, grant: AccessGrant): CheckedGrant {
  if (typeof grant !== "object" || grant === null) throw argumentError(name, `\`${name}\` must be an object`);
  checkOptions(name, grant, KNOWN);
  const { token, sha256, write = false, read = false } = grant;
  const isToken = typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
  const isHash = typeof sha256 === "string" && /^[0-9a-f]{64}$/i.test(sha256);
  if (!(isToken && sha256 === undefined) && !(isHash && token === undefined))
    throw argumentError(
      name,
      `\`${name}\` must have either \`token\`, ASCII characters without spaces, or \`sha256\`, 64 hexadecimal digits`,
    );
  const recordings = typeof grant.recordings === "string" ? [grant.recordings] : grant.recordings;
  if (
    recordings !== undefined &&
    !(Array.isArray(recordings) && recordings.every((id) => typeof id === "string" && id !== ""))
  )
    throw argumentError(name, `\`${name}.recordings\` must be a non-empty string or an array of them`);
  return { sha256: isToken ? digestText(token) : (sha256 as string).toLowerCase(), write, read, recordings };
}

/** The SHA-256 of a token, as hexadecimal digits. */
export function digestText(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Finds a grant by its token. Takes the same time for all tokens. */
export function findGrant<Grant extends { readonly sha256: string }>(
  grants: readonly Grant[],
  token: string,
): Grant | undefined {
  const digest = Buffer.from(digestText(token), "hex");
  let found: Grant | undefined;
  for (const grant of grants) if (timingSafeEqual(Buffer.from(grant.sha256, "hex"), digest)) found ??= grant;
  return found;
}

/** The stores of a grant. */
export function allowedStores({ recordings }: Pick<CheckedGrant, "recordings">): AllowedStores {
  if (recordings === undefined) return undefined;
  const known = new WeakMap<StoreId, boolean>();
  return (storeId) => {
    let isAllowed = known.get(storeId);
    if (isAllowed === undefined) {
      isAllowed = storeId.kind === "blueprint" || recordings.some((pattern) => matchesId(storeId.recordingId, pattern));
      known.set(storeId, isAllowed);
    }
    return isAllowed;
  };
}

/** @throws {RelayError} if a client may not use a store */
export function checkAllowed(storeId: StoreId | undefined, allows: AllowedStores): void {
  if (allows === undefined || (storeId !== undefined && allows(storeId))) return;
  const what = storeId === undefined ? "tables" : `the recording ${JSON.stringify(storeId.recordingId)}`;
  throw new RelayError(GRPC_STATUS.permissionDenied, `the token does not allow ${what}`);
}

/** Whether an id matches a pattern. Other than in host names, upper and lower case differ. */
function matchesId(id: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return id === pattern;
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = id.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= id.length - last.length;
}
