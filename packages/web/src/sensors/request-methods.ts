import { observeCalls } from "./observe-calls.ts";

/** The methods of requests that pages start without `fetch` and `XMLHttpRequest`, by their initiators. */
const ALWAYS: ReadonlyMap<string, string> = new Map([
  ...["audio", "css", "icon", "image", "img", "link", "script", "track", "use", "video"].map(
    (initiator) => [initiator, "GET"] as const,
  ),
  ["beacon", "POST"],
]);
/** The most calls that are remembered: a request is reported when it ends. */
const MAX_CALLS = 1000;
/** A request starts within its call, or soon after. Clocks of pages are imprecise. */
const [LATEST_MS, EARLIEST_MS] = [50, 2];
/** Calls for one address that are closer to each other cannot be told apart. */
const APART_MS = 4;
const METHOD = /^[a-z-]{1,20}$/i;
/** The methods that browsers write in upper case. */
const STANDARD = /^(?:delete|get|head|options|post|put)$/i;

/** A call that starts a request. */
interface RequestCall {
  readonly initiator: "fetch" | "xmlhttprequest";
  readonly url: string;
  /** `undefined` if it cannot be known without effects on the page. */
  readonly method: string | undefined;
  readonly at: number;
}

/** The newest calls of the page, while at least one recording needs them. */
let calls: RequestCall[] = [];
let users = 0;
let undo: (() => void)[] = [];

/** The methods of requests, which the browser's timeline does not have. */
export interface RequestMethods {
  /** The method of a request. `undefined` where it is not certain. */
  methodOf(request: Pick<PerformanceResourceTiming, "initiatorType" | "name" | "startTime">): string | undefined;
  stop(): void;
}

/** Watches the calls of `fetch` and `XMLHttpRequest`, which behave as before, until `stop` is called. */
export function observeRequestMethods(): RequestMethods {
  if (users++ === 0) watch();
  let isStopped = false;
  return {
    methodOf({ initiatorType, name, startTime }) {
      const always = ALWAYS.get(initiatorType);
      if (always !== undefined) return always;
      const url = withoutFragment(name);
      const [earliest, latest] = [startTime - LATEST_MS, startTime + EARLIEST_MS];
      const near = calls.filter(
        (call) => call.initiator === initiatorType && call.url === url && call.at >= earliest && call.at <= latest,
      );
      const last = near.at(-1);
      if (last === undefined) return undefined;
      return near.every(({ at, method }) => last.at - at > APART_MS || method === last.method)
        ? last.method
        : undefined;
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      if (--users > 0) return;
      for (const end of undo.splice(0)) end();
      calls = [];
    },
  };
}

function watch(): void {
  /** A call of `open` as a request of its `send`. */
  const opened = new WeakMap<object, readonly [method: string | undefined, url: string]>();
  undo = [
    observeCalls(globalThis, "fetch", (_, [input, init]) => {
      const at = performance.now();
      const request = partsOf(input);
      const method = methodIn(init) ?? request?.method ?? "GET";
      remember("fetch", request?.url ?? addressOf(input), method, at);
    }),
  ];
  if (typeof XMLHttpRequest === "undefined") return;
  undo.push(
    observeCalls(XMLHttpRequest.prototype, "open", (self, [method, url]) => {
      const address = addressOf(url);
      if (address === undefined) opened.delete(self as object);
      else opened.set(self as object, [typeof method === "string" ? method : undefined, address]);
    }),
    observeCalls(XMLHttpRequest.prototype, "send", (self) => {
      const [method, url] = opened.get(self as object) ?? [];
      remember("xmlhttprequest", url, method, performance.now());
    }),
  );
}

function remember(
  initiator: RequestCall["initiator"],
  url: string | undefined,
  given: string | undefined,
  at: number,
): void {
  if (url === undefined || !/^https?:/.test(url)) return;
  const method =
    given === undefined || !METHOD.test(given) ? undefined : STANDARD.test(given) ? given.toUpperCase() : given;
  calls.push({ initiator, url: withoutFragment(url), method, at });
  if (calls.length > MAX_CALLS) calls.shift();
}

/** The method in the options of `fetch`. `undefined` without one, and a method that never matches if it is unknown. */
function methodIn(init: unknown): string | undefined {
  if (typeof init !== "object" || init === null) return undefined;
  for (let place: object | null = init; place !== null; place = Object.getPrototypeOf(place) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(place, "method");
    if (descriptor === undefined) continue;
    const { value } = descriptor as { readonly value?: unknown };
    if ("value" in descriptor) return value === undefined ? undefined : typeof value === "string" ? value : "";
    // A request as options. Other accessors are code of the page.
    return partsOf(init)?.method ?? "";
  }
  return undefined;
}

/** The method and the address of a `Request`, also of another window, without code of the page. */
function partsOf(value: unknown): { readonly method: string; readonly url: string } | undefined {
  const read = (name: "method" | "url"): unknown =>
    Object.getOwnPropertyDescriptor(Request.prototype, name)?.get?.call(value);
  try {
    return { method: String(read("method")), url: String(read("url")) };
  } catch {
    return undefined;
  }
}

/** The whole address of an argument. `undefined` for an object that would have to become a text once more. */
function addressOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value : value instanceof URL ? value.href : undefined;
  const base = (globalThis as { readonly document?: Document }).document?.baseURI ?? location.href;
  return text === undefined || !URL.canParse(text, base) ? undefined : new URL(text, base).href;
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, "");
}
