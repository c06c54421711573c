import type { DeliveryContext } from "@rerun-ts/core/transport";
import type { DeliveryTarget } from "./create-writer.ts";

/** Time after which an unreachable server is reported, and how long to wait for a reason if there is none. */
const PATIENCE_MS = 1000;
const REASON_MS = 4000;

/** A context that warns once if there is no connection after a second, with the reason and what to start. */
export function warnIfUnreachable(target: DeliveryTarget, context: DeliveryContext): DeliveryContext {
  let reason: string | undefined;
  let isLate = false;
  let timer = setTimeout(onLate, PATIENCE_MS).unref();
  function onLate(): void {
    isLate = true;
    if (reason === undefined) timer = setTimeout(warn, REASON_MS).unref();
    else warn();
  }
  function warn(): void {
    clearTimeout(timer);
    isLate = false;
    const problem = reason ?? `cannot connect to ${target.url.href}: no response yet`;
    context.onWarning(`${problem}; ${whatToStart(target)}. Data is queued until it can be sent`);
  }
  return {
    ...context,
    onState: (state, error) => {
      reason = error?.message ?? reason;
      if (state !== "connecting") {
        clearTimeout(timer);
        isLate = false;
      } else if (isLate && reason !== undefined) {
        warn();
      }
      context.onState(state, error);
    },
    onFailure: (error) => {
      clearTimeout(timer);
      context.onFailure(error);
    },
  };
}

function whatToStart({ transport, url }: DeliveryTarget): string {
  const { port } = new URL(url.origin);
  const option = port === "" || port === "9876" ? "" : ` --port ${port}`;
  return transport === "websocket"
    ? `start a relay there, e.g. \`npx rerun-ts serve${option}\``
    : `start a viewer there, e.g. \`rerun${option}\`, or call \`spawn\``;
}
