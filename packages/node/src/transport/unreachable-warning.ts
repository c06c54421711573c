import type { FollowState } from "@rerun-ts/core/transport";
import type { DeliveryTarget } from "./create-writer.ts";

/** Time after which an unreachable server is reported, and how long to wait for a reason if there is none. */
const PATIENCE_MS = 1000;
const REASON_MS = 4000;

/**
 * Follows the states of a connection. If there is none after a second, warns once, with the reason and the program to
 * start.
 */
export function warnIfUnreachable(target: DeliveryTarget, warn: (message: string) => void): FollowState {
  let reason: string | undefined;
  let isLate = false;
  let timer = setTimeout(onLate, PATIENCE_MS).unref();
  function onLate(): void {
    isLate = true;
    if (reason === undefined) timer = setTimeout(warnNow, REASON_MS).unref();
    else warnNow();
  }
  function warnNow(): void {
    clearTimeout(timer);
    isLate = false;
    const problem = reason ?? `cannot connect to ${target.url.href}: no response yet`;
    warn(`${problem}; ${whatToStart(target)}. Data is queued until it can be sent`);
  }
  return (state, error) => {
    // The writer itself reports what a person must change.
    if (error !== undefined && error.code !== "CONNECTION") return clearTimeout(timer);
    reason = error?.message ?? reason;
    if (state !== "connecting") {
      clearTimeout(timer);
      isLate = false;
    } else if (isLate && reason !== undefined) {
      warnNow();
    }
  };
}

function whatToStart({ transport, url }: DeliveryTarget): string {
  const { port } = new URL(url.origin);
  const option = port === "" || port === "9876" ? "" : ` --port ${port}`;
  return transport === "websocket"
    ? `start a relay there, e.g. \`npx rerun-ts serve${option}\``
    : `start a viewer there, e.g. \`rerun${option}\`, or call \`spawn\``;
}
