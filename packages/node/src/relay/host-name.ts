import { isIP } from "node:net";

/** The name or address in a `Host` header, in lower case and without port and brackets. */
export function hostNameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host);
  const name = bracketed?.[1] ?? host.replace(/:\d*$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}

/** Whether a name or an address is that of the own machine on every machine. */
export function isLoopback(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  const mapped = name.startsWith("::ffff:") ? name.slice(7) : name;
  return isIP(mapped) === 4 && mapped.startsWith("127.");
}

/** Whether a server that binds this address listens on all addresses of the machine. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "::" || /^(0+:){7}0+$/.test(address);
}

/** An address as it stands in URLs. */
export function inUrl(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** Whether a text fits a pattern in which `*` stands for anything. */
export function fitsPattern(text: string, pattern: string): boolean {
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
