import { createHash, timingSafeEqual } from "node:crypto";
import { hostRejection, matchesPattern, type ServerNames } from "../../net/host-names.ts";

/** Options of {@link AccessControl}. */
export interface AccessControlOptions extends ServerNames {
  /** Origins of pages that are allowed besides the default ones; `*` matches any characters. */
  readonly corsAllowOrigin: readonly string[];
  /** The token that clients need to write; `undefined` if none is needed. */
  readonly writeToken: string | undefined;
  /** The token that clients need to read; `undefined` if none is needed. */
  readonly readToken: string | undefined;
}

/** The properties of a request that decide whether it is allowed. */
export interface AccessRequest {
  /** The `Host` header, or `:authority`. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The local address of its connection. */
  readonly localAddress: string | undefined;
}

/** The permission that a request needs. */
export type Permission = "read" | "write";

/**
 * Origins that Rerun's own server allows, the loopback address of IPv6, and Rerun's hosted viewers. `rerun.io` only
 * encrypted: without TLS, anyone in the network of a browser can be `http://rerun.io`.
 */
const DEFAULT_ORIGINS: readonly string[] = [
  ...["localhost", "127.0.0.1", "[::1]"].flatMap((host) => [`*://${host}`, `*://${host}:*`]),
  "https://rerun.io",
  "https://rerun.io:*",
  "https://*.rerun.io",
];

/**
 * Decides which requests are allowed, for HTTP, gRPC and WebSockets alike and before anything else happens: browsers
 * let any page send requests to any address, and only hide the response from it.
 *
 * A request must name a host of this machine (against DNS rebinding) and, if it has an `Origin`, an allowed one;
 * otherwise it gets status 403. Tokens for reading and writing are checked separately, in constant time. It has no
 * state.
 */
export class AccessControl {
  readonly #options: AccessControlOptions;
  readonly #origins: readonly string[];
  readonly #tokens: Readonly<Record<Permission, Buffer | undefined>>;

  constructor(options: AccessControlOptions) {
    this.#options = options;
    this.#origins = [...DEFAULT_ORIGINS, ...options.corsAllowOrigin];
    this.#tokens = { read: digest(options.readToken), write: digest(options.writeToken) };
  }

  /** The reason to reject a request with status 403; `undefined` if its host and origin are allowed. */
  rejectionReason({ host, origin, localAddress }: AccessRequest): string | undefined {
    const reason = hostRejection(this.#options, host, localAddress);
    if (reason !== undefined) return reason;
    if (origin !== undefined && !this.allowsOrigin(origin))
      return `pages of ${origin} are not allowed; to allow them, add that origin to \`corsAllowOrigin\``;
    return undefined;
  }

  /** Whether pages of an origin may connect. */
  allowsOrigin(origin: string): boolean {
    return this.#origins.some((pattern) => matchesPattern(origin, pattern));
  }

  /** Whether a token grants a permission; always, if it requires none. Compares in constant time. */
  acceptsToken(permission: Permission, token: string | undefined): boolean {
    const expected = this.#tokens[permission];
    return expected === undefined || timingSafeEqual(expected, digest(token ?? "") as Buffer);
  }

  /** Whether the header `authorization` has a token that grants a permission; always, if it requires none. */
  acceptsHeader(permission: Permission, authorization: string | undefined): boolean {
    return this.acceptsToken(permission, /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]);
  }
}

/** The digest of a token. All digests have the same length, so that comparing them takes the same time. */
function digest(token: string | undefined): Buffer | undefined {
  return token === undefined ? undefined : createHash("sha256").update(token).digest();
}
