import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { fitsPattern, hostNameOf, isLoopback, isUnspecified } from "./host-name.ts";

/** Who may do what with a relay. */
export interface AccessOptions {
  /** The address that it listens on. */
  readonly bindIp: string;
  /** Names by which it may be addressed besides, with `*` for anything. */
  readonly allowHosts: readonly string[];
  /** Origins of pages that are welcome besides, with `*` for anything. */
  readonly corsAllowOrigin: readonly string[];
  readonly writeToken: string | undefined;
  readonly readToken: string | undefined;
}

/** What a request tells of where it is from. */
export interface AccessRequest {
  /** The `Host` header, or `:authority`. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The address of this machine that it came to. */
  readonly localAddress: string | undefined;
}

/** What someone wants to do. */
export type AccessWish = "read" | "write";

/** Pages that Rerun's own server takes, and the address of this machine in IPv6. */
const WELCOME_ORIGINS: readonly string[] = ["localhost", "127.0.0.1", "[::1]", "rerun.io"].flatMap((host) => [
  `*://${host}`,
  `*://${host}:*`,
]);

/**
 * Decides who may come in. HTTP, gRPC and WebSocket all ask here, before anything else happens: browsers let any page send
 * requests to any address, only the answers are kept from it.
 */
export class Access {
  readonly #options: AccessOptions;
  readonly #origins: readonly string[];
  readonly #tokens: Readonly<Record<AccessWish, Buffer | undefined>>;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#origins = [...WELCOME_ORIGINS, ...options.corsAllowOrigin];
    this.#tokens = { read: digest(options.readToken), write: digest(options.writeToken) };
  }

  /** Why a request is refused with status 403; `undefined` if it may come in. */
  refusal({ host, origin, localAddress }: AccessRequest): string | undefined {
    if (host === undefined || !this.#isOwnHost(hostNameOf(host), localAddress))
      return `this server is not addressed as ${host ?? "nothing"}: if it is, add that to \`allowHosts\``;
    if (origin !== undefined && !this.allowsOrigin(origin))
      return `pages of ${origin} are not welcome: if they are, add that to \`corsAllowOrigin\``;
    return undefined;
  }

  /** Whether pages of this origin may come in. */
  allowsOrigin(origin: string): boolean {
    return this.#origins.some((pattern) => fitsPattern(origin, pattern));
  }

  /** Whether a token is needed. */
  needsToken(wish: AccessWish): boolean {
    return this.#tokens[wish] !== undefined;
  }

  /** Whether a token is the right one, if one is needed; takes as long for every wrong one. */
  acceptsToken(wish: AccessWish, token: string | undefined): boolean {
    const wanted = this.#tokens[wish];
    return wanted === undefined || timingSafeEqual(wanted, digest(token ?? "") as Buffer);
  }

  /** Whether the header `authorization` has the right token, if one is needed. */
  acceptsHeader(wish: AccessWish, authorization: string | undefined): boolean {
    return this.acceptsToken(wish, /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]);
  }

  /** A page that another name was made to lead here for has that name as `Host`: DNS rebinding. */
  #isOwnHost(name: string, localAddress: string | undefined): boolean {
    const { bindIp, allowHosts } = this.#options;
    if (isLoopback(name) || name === bindIp.toLowerCase() || name === localAddress) return true;
    // An address as such cannot be made to lead elsewhere.
    if (isUnspecified(bindIp) && isIP(name) !== 0) return true;
    return allowHosts.some((pattern) => fitsPattern(name, pattern));
  }
}

/** Of equal length for all texts, so that comparing them tells nothing. */
function digest(token: string | undefined): Buffer | undefined {
  return token === undefined ? undefined : createHash("sha256").update(token).digest();
}
