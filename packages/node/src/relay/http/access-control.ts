import { hostNameOf, hostRejection, matchesPattern, type ServerNames } from "../../net/host-names.ts";
import { allowedStores, digestText, findGrant, type AllowedStores, type CheckedGrant } from "./access-grants.ts";

/** Options of {@link AccessControl}. */
export interface AccessControlOptions extends ServerNames {
  /** Origins of pages that are allowed besides the default ones. `*` matches any characters. */
  readonly corsAllowOrigin: readonly string[];
  /** The token that clients need to write. `undefined` if they need none. */
  readonly writeToken: string | undefined;
  /** The token that clients need to read. `undefined` if they need none. */
  readonly readToken: string | undefined;
  /** The rights of further tokens. With them everything needs a token. */
  readonly access?: readonly CheckedGrant[] | undefined;
}

/** The properties of a request that decide whether it is allowed. */
export interface AccessRequest {
  /** The `Host` header, or `:authority`. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The local address of the connection. */
  readonly localAddress: string | undefined;
}

/** The permission that a request needs. */
export type Permission = "read" | "write";

/** A permission that was granted. */
export interface Granted {
  /** The stores for which access was granted. */
  readonly allows: AllowedStores;
}

const ALL: Granted = { allows: undefined };

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
 * otherwise it gets status 403. Tokens for reading and writing are checked separately, in constant time.
 */
export class AccessControl {
  /** The port of the web viewer that this program serves. Its pages may connect, also from other machines. */
  viewerPort: number | undefined;
  readonly #options: AccessControlOptions;
  readonly #origins: readonly string[];
  readonly #grants: Readonly<Record<Permission, readonly (Granted & { readonly sha256: string })[]>>;
  readonly #isOpen: Readonly<Record<Permission, boolean>>;

  constructor(options: AccessControlOptions) {
    this.#options = options;
    this.#origins = [...DEFAULT_ORIGINS, ...options.corsAllowOrigin];
    const { readToken, writeToken, access } = options;
    this.#grants = { read: grantsOf("read", readToken, access), write: grantsOf("write", writeToken, access) };
    this.#isOpen = {
      read: readToken === undefined && access === undefined,
      write: writeToken === undefined && access === undefined,
    };
  }

  /** The reason to reject a request with status 403, or `undefined` if its host and origin are allowed. */
  rejectionReason({ host, origin, localAddress }: AccessRequest): string | undefined {
    const reason = hostRejection(this.#options, host, localAddress);
    if (reason !== undefined) return reason;
    if (origin !== undefined && !this.allowsOrigin(origin) && !this.#isOwnViewer(origin, host))
      return `pages of ${origin} are not allowed; to allow them, use \`--cors-allow-origin ${origin}\`, or the option \`corsAllowOrigin\``;
    return undefined;
  }

  /** Whether a page comes from the server of the web viewer: the same host, which was checked, and its port. */
  #isOwnViewer(origin: string, host: string | undefined): boolean {
    const [, authority = ""] = /^https?:\/\/([^/]*)$/i.exec(withDefaultPort(origin)) ?? [];
    return (
      this.viewerPort !== undefined &&
      authority.endsWith(`:${this.viewerPort}`) &&
      hostNameOf(authority) === hostNameOf(host ?? "")
    );
  }

  /** Whether pages of an origin may connect. */
  allowsOrigin(origin: string): boolean {
    const texts = [origin, withDefaultPort(origin)];
    return this.#origins.some((pattern) => texts.some((text) => matchesPattern(text, pattern)));
  }

  /**
   * The rights of a token: all rights if no token is required, `undefined` if the token has none. Compares in constant
   * time.
   */
  grant(permission: Permission, token: string | undefined): Granted | undefined {
    return this.#isOpen[permission] ? ALL : findGrant(this.#grants[permission], token ?? "");
  }

  /** The same for the token in the header `authorization`. */
  grantOfHeader(permission: Permission, authorization: string | undefined): Granted | undefined {
    return this.grant(permission, /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]);
  }
}

/** An origin with its port, which browsers omit if it is the default one of the scheme. Patterns may have it. */
function withDefaultPort(origin: string): string {
  if (/:\d+$/.test(origin)) return origin;
  return /^https:/i.test(origin) ? `${origin}:443` : /^http:/i.test(origin) ? `${origin}:80` : origin;
}

function grantsOf(
  permission: Permission,
  token: string | undefined,
  access: readonly CheckedGrant[] = [],
): (Granted & { readonly sha256: string })[] {
  const grants = access.filter((grant) => grant[permission]);
  const all = grants.map((grant) => ({ sha256: grant.sha256, allows: allowedStores(grant) }));
  return token === undefined ? all : [{ sha256: digestText(token), allows: undefined }, ...all];
}
