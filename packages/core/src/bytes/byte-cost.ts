/**
 * The cost of a byte at the destination of a recording, for compression. `free`: the viewer of the page, or a program
 * on the same machine. `stored`: files, and limited memory. `sent`: a network.
 */
export type ByteCost = "free" | "stored" | "sent";

const ORDER: readonly ByteCost[] = ["free", "stored", "sent"];

/** The highest of several costs. Default of a destination that names none: `stored`. */
export function highestCost(costs: Iterable<ByteCost | undefined>): ByteCost {
  let highest = 0;
  for (const cost of costs) highest = Math.max(highest, ORDER.indexOf(cost ?? "stored"));
  return ORDER[highest] as ByteCost;
}

/** The cost of a byte that is sent to a server: `free` on the same machine. */
export function costOfUrl(url: string): ByteCost {
  const isLocal = /^[a-z+]+:\/\/(?:localhost|[^/:]+\.localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);
  return isLocal ? "free" : "sent";
}
