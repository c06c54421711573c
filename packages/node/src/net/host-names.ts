import { isIP } from "node:net";
import { hostname } from "node:os";
import { invalidArgument } from "@rerun-ts/core/checks";

/** Host names are at most this long. */
const MAX_SHOWN = 253;

/** The host name or address in a `Host` header: in lower case, without port, brackets and final dot. */
export function hostNameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host);
  const name = bracketed?.[1] ?? host.replace(/:\d*$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}

/** Whether a name or an address always refers to the local machine. */
export function isLoopback(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  const mapped = name.startsWith("::ffff:") ? name.slice(7) : name;
  return isIP(mapped) === 4 && mapped.startsWith("127.");
}

/** Whether an address is the unspecified one, with which a server listens on all interfaces. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "::" || /^(0+:){7}0+$/.test(address);
}

/** An address as the host of a URL: IPv6 addresses get brackets. */
export function toUrlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** Whether a string matches a pattern, ignoring case. `*` matches any number of characters. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const lower = text.toLowerCase();
  if (rest.length === 0) return lower === first;
  if (!lower.startsWith(first)) return false;
  const last = rest.pop() as string;
  let at = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return lower.length - last.length >= at && lower.endsWith(last);
}

/**
 * Checks the option `allowHosts`: patterns of host names. A scheme, port or path would never match.
 *
 * @throws {TypeError} if it is wrong
 */
export function checkAllowHosts(allowHosts: string | readonly string[] = []): readonly string[] {
  const all: readonly unknown[] = typeof allowHosts === "string" ? [allowHosts] : allowHosts;
  if (!Array.isArray(all) || !all.every((host) => typeof host === "string" && host !== ""))
    throw invalidArgument("allowHosts", "a non-empty string or an array of them", allowHosts);
  for (const host of all as readonly string[]) {
    if (/[/\s]|^[^:]*:[\d*]*$/.test(host))
      throw invalidArgument("allowHosts", 'host names without scheme and port, e.g. "robot.local"', host);
  }
  return all as readonly string[];
}

/**
 * The names of this machine itself: its host name, the first part of it, and that part in the network of mDNS. A page
 * of an attacker has none of them.
 */
function machineNames(): readonly string[] {
  const full = hostname().toLowerCase();
  const first = full.split(".", 1)[0] as string;
  return [full, first, `${first}.local`];
}

/** The names under which a server may be called. */
export interface ServerNames {
  /** The address that the server listens on. */
  readonly bindIp: string;
  /** Host names that are allowed besides those of this machine. `*` matches any characters. */
  readonly allowHosts: readonly string[];
}

/**
 * The reason to reject a request because of its `Host` header, or `undefined` if the header names this machine.
 *
 * A browser sends the host name in the page's URL. After DNS rebinding this name belongs to the attacker, although its
 * address is that of this machine.
 *
 * @param localAddress the local address of the connection
 */
export function hostRejection(
  { bindIp, allowHosts }: ServerNames,
  host: string | undefined,
  localAddress: string | undefined,
): string | undefined {
  const name = hostNameOf(host ?? "");
  const isOwn =
    isLoopback(name) ||
    name === bindIp.toLowerCase() ||
    (name !== "" && machineNames().includes(name)) ||
    (name !== "" && name === localAddress) ||
    // DNS rebinding needs a name, so addresses are safe.
    (isUnspecified(bindIp) && isIP(name) !== 0) ||
    (host !== undefined && allowHosts.some((pattern) => matchesPattern(name, pattern)));
  if (isOwn) return undefined;
  const shown = name === "" ? "(none)" : name.slice(0, MAX_SHOWN);
  const remedy = `\`--allow-host ${shown}\`, or the option \`allowHosts\``;
  return `the host name ${shown} is not allowed; if it is a name of this server, allow it by ${remedy}`;
}
