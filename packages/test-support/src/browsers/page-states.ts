// States of a page, for tests that log in each of them to each kind of sink in Chromium.
import type { CDPSession, Page } from "@playwright/test";

export interface PageState {
  readonly name: string;
  /** Headers of the page's document. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The name of the host under which the page is opened, in place of that of its server. */
  readonly host?: string;
  /** A script that runs in the page before its own. */
  readonly before?: string;
  /** The program of the worker for storage, in place of the right one. */
  readonly worker?: string;
  /** Whether nothing can be stored or sent, so that the call must fail with a reason. */
  readonly refuses?: readonly SinkKind[];
  /** Begins the state while the page logs. */
  enter?(page: Page, session: CDPSession): Promise<void>;
  /** Ends the state. */
  leave?(page: Page, session: CDPSession): Promise<void>;
}

/** A kind of sink of a page. */
export type SinkKind = "memory" | "opfs" | "spool" | "grpc" | "websocket";

export const SINK_KINDS: readonly SinkKind[] = ["memory", "opfs", "spool", "grpc", "websocket"];

const STORING: readonly SinkKind[] = ["opfs", "spool"];

/**
 * A name that Chromium finds on this machine. Its pages have neither `crypto.subtle` nor the origin private file
 * system.
 */
export const INSECURE_HOST = "robot.test";

const STRICT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*",
].join("; ");

/** Makes `navigator.storage.persist` and `persisted` answer as a browser does in which the user has done something. */
function persistence(answer: string): string {
  return `navigator.storage.persisted = async () => false; navigator.storage.persist = () => ${answer};`;
}

function visibility(state: "hidden" | "visible"): (page: Page) => Promise<void> {
  return (page) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
}

async function throttle(session: CDPSession, latency: number, throughput: number): Promise<void> {
  await session.send("Network.enable");
  const limits = { downloadThroughput: throughput, uploadThroughput: throughput };
  await session.send("Network.emulateNetworkConditions", { offline: false, latency, ...limits });
}

/** All states. A page of Playwright is a private window. */
export const PAGE_STATES: readonly PageState[] = [
  { name: "in a private window" },
  { name: "hidden", enter: visibility("hidden"), leave: visibility("visible") },
  {
    name: "frozen and resumed",
    enter: async (_, session) => {
      await session.send("Page.setWebLifecycleState", { state: "frozen" });
    },
    leave: async (_, session) => {
      await session.send("Page.setWebLifecycleState", { state: "active" });
    },
  },
  {
    name: "offline for a moment",
    enter: (page) => page.context().setOffline(true),
    leave: (page) => page.context().setOffline(false),
  },
  {
    name: "on a slow network",
    enter: (_, session) => throttle(session, 200, 50_000),
    leave: (_, session) => throttle(session, 0, -1),
  },
  {
    name: "whose site's data is removed",
    enter: async (page, session) => {
      const { origin } = new URL(page.url());
      await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
    },
  },
  { name: "denied to keep its data", before: persistence("Promise.resolve(false)") },
  { name: "whose user does not answer", before: persistence("new Promise(() => {})") },
  { name: "of an insecure origin", host: INSECURE_HOST, refuses: STORING },
  { name: "with a strict policy", headers: { "content-security-policy": STRICT_POLICY } },
  {
    name: "with Trusted Types",
    headers: { "content-security-policy": "require-trusted-types-for 'script'; trusted-types 'none'" },
    refuses: STORING,
  },
  { name: "with a wrong worker", worker: "postMessage({ images: true, video: true });", refuses: STORING },
  { name: "with an older worker", worker: 'onmessage = () => postMessage({ type: "opened" });', refuses: STORING },
];

/** Makes timers fire only at full seconds, as those of pages in the background do. */
const TIMERS_OF_BACKGROUND = `for (const name of ["setTimeout", "setInterval"]) {
  const original = window[name].bind(window);
  window[name] = (handler, ms = 0, ...args) =>
    original(handler, 1000 * Math.ceil((performance.now() + ms) / 1000) - performance.now(), ...args);
}`;

/** States that take ten seconds. */
export const SLOW_PAGE_STATES: readonly PageState[] = [
  { name: "with the timers of the background", before: TIMERS_OF_BACKGROUND },
  { name: "with a silent worker", worker: "onmessage = () => {};", refuses: STORING },
];
