import type { MemoryRecording } from "@rerun-ts/core";
import { RecordingStream, sensors } from "@rerun-ts/web";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";

const nativeFetch = globalThis.fetch;
const nativeOpen = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "open");
const nativeSend = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "send");
let made = 0;

/** A recording of the requests of this page. */
class Network {
  readonly rec = new RecordingStream("methods", { sendProperties: false });
  readonly #memory: MemoryRecording = this.rec.memoryRecording();
  readonly #drained: Uint8Array[] = [];
  readonly stop: () => void = sensors.logNetwork(this.rec, "network", {
    filter: ({ initiatorType }) => initiatorType === "fetch" || initiatorType === "xmlhttprequest",
  });

  /** The lines of all requests so far, with what comes before their status. */
  lines(): string[] {
    this.#drained.push(this.#memory.drainAsBytes());
    const texts = this.#drained.flatMap((rrd) => valuesOf(rrd, "/network", "TextLog:text")).flat() as string[];
    return texts.map((text) => text.replace(/: (?:\d+, )?\d+ ms.*$/, ""));
  }

  /** The method of the request for an address of this test, once it is logged. */
  async methodOf(url: string): Promise<string | undefined> {
    const of = (): string | undefined =>
      this.lines().find((line) => line.endsWith(new URL(url, document.baseURI).href));
    await expect.poll(of, { timeout: 10_000 }).toBeDefined();
    return of()?.split(" ").slice(1, -1)[0];
  }
}

/** An address that no other test has asked for. */
function newUrl(): string {
  return `/no-such-page/${made++}`;
}

async function finish(response: Promise<Response>): Promise<void> {
  await (await response).text();
}

function sendXhr(method: string, url: string, isAsync = true): Promise<void> {
  const request = new XMLHttpRequest();
  request.open(method, url, isAsync);
  const done = new Promise<void>((resolve) => request.addEventListener("loadend", () => resolve()));
  request.send();
  return isAsync ? done : Promise.resolve();
}

// A busy machine may start a request long after its call: its method is not certain then.
describe("the methods of requests", { retry: 3 }, () => {
  let network: Network;

  beforeEach(() => {
    network = new Network();
  });
  afterEach(() => {
    network.stop();
    globalThis.fetch = nativeFetch;
  });

  it("are logged for `fetch` with options, in lower case, and with a `Request`", async () => {
    const requests: [string, string, (url: string) => Promise<Response>][] = [
      ["GET", newUrl(), (url) => fetch(url)],
      ["PUT", newUrl(), (url) => fetch(new URL(url, location.href), { method: "put", body: "x" })],
      ["patch", newUrl(), (url) => fetch(url, { method: "patch", body: "x" })],
      ["DELETE", newUrl(), (url) => fetch(new Request(url, { method: "DELETE" }))],
      ["POST", newUrl(), (url) => fetch(new Request(url), { method: "POST" })],
      ["PUT", newUrl(), (url) => fetch(url, new Request("/other", { method: "PUT" }))],
      ["HEAD", newUrl(), (url) => globalThis.fetch.call(undefined, url, { __proto__: { method: "HEAD" } } as object)],
    ];
    for (const [, url, send] of requests) await finish(send(url));
    const logged = [];
    for (const [, url] of requests) logged.push(await network.methodOf(url));
    expect(logged).toEqual(requests.map(([method]) => method));
  });

  it("are logged for `XMLHttpRequest`, also when it blocks, is opened twice, or sent after others", async () => {
    const [first, second, third, fourth] = [newUrl(), newUrl(), newUrl(), newUrl()] as const;
    await sendXhr("delete", first);
    await sendXhr("POST", second, false);
    const twice = new XMLHttpRequest();
    twice.open("POST", "/elsewhere");
    twice.open("PUT", third);
    twice.send();
    const [late, early] = [new XMLHttpRequest(), new XMLHttpRequest()];
    late.open("POST", fourth);
    early.open("DELETE", `${fourth}#part`);
    early.send();
    await new Promise((resolve) => early.addEventListener("loadend", resolve));
    await new Promise((resolve) => setTimeout(resolve, 60));
    late.send();
    expect(await network.methodOf(first)).toBe("DELETE");
    expect(await network.methodOf(second)).toBe("POST");
    expect(await network.methodOf(third)).toBe("PUT");
    const both = (): string[] => network.lines().filter((line) => line.endsWith(fourth));
    await expect.poll(() => both().map((line) => line.split(" ")[1])).toEqual(["DELETE", "POST"]);
  });

  it("are left out where they are not certain", async () => {
    const [same, hidden, odd] = [newUrl(), newUrl(), newUrl()] as const;
    // Two at one time, and options that are code of the page.
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const [one, two] = [fetch(same), fetch(same, { method: "POST" })];
    now.mockRestore();
    let reads = 0;
    const options = {
      get method() {
        reads++;
        return "POST";
      },
    };
    await Promise.all([one, two, fetch(hidden, options)].map(finish));
    expect(reads).toBe(1);
    await finish(fetch(odd, { method: "SECRET-0123456789" }).catch(() => new Response()));
    expect(await network.methodOf(same)).toBeUndefined();
    expect(await network.methodOf(hidden)).toBeUndefined();
    expect(await network.methodOf(odd)).toBeUndefined();
    expect(network.lines().join()).not.toContain("SECRET");
  });

  it("of the calls of a page do not change: `this`, results, errors, name and properties are the same", async () => {
    const refused = await fetch("http://:0/").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    const thrown = new Error("by the page");
    const options = {
      get method(): string {
        throw thrown;
      },
    };
    expect(await fetch("/x", options).catch((error: unknown) => error)).toBe(thrown);
    const trap = (): never => {
      throw thrown;
    };
    const hostile = new Proxy({}, { getOwnPropertyDescriptor: trap, getPrototypeOf: trap });
    expect((await fetch("/x", hostile)).status).toBeGreaterThan(0);
    const [result, calls] = [Promise.resolve(new Response("own")), [] as unknown[][]];
    network.stop();
    const self = {};
    const own = Object.assign(
      function pageFetch(this: unknown, ...args: unknown[]) {
        calls.push([this, ...args]);
        return result;
      },
      { polyfill: true },
    );
    globalThis.fetch = own;
    network = new Network();
    expect(fetch).not.toBe(own);
    expect([fetch.name, fetch.length, (fetch as typeof own).polyfill]).toEqual(["pageFetch", 0, true]);
    expect(Reflect.apply(fetch, self, [1, 2])).toBe(result);
    expect(calls).toEqual([[self, 1, 2]]);
    expect(calls[0]?.[0]).toBe(self);
    expect(() => Reflect.apply(Reflect.get(XMLHttpRequest.prototype, "open") as () => void, {}, ["GET", "/"])).toThrow(
      TypeError,
    );
    expect(() => new XMLHttpRequest().open("GET", "http://:0/")).toThrow(DOMException);
  });

  it("come from patches of a page before and after, which stay as they are", async () => {
    network.stop();
    const before: typeof fetch = (...args) => nativeFetch(...args);
    globalThis.fetch = before;
    network = new Network();
    const observed = globalThis.fetch;
    const after: typeof fetch = (...args) => observed(...args);
    globalThis.fetch = after;
    const url = newUrl();
    await finish(fetch(url, { method: "POST" }));
    expect(await network.methodOf(url)).toBe("POST");
    network.stop();
    expect(globalThis.fetch).toBe(after);
    // It passes calls on, and a new recording sees each of them once.
    network = new Network();
    const next = newUrl();
    await finish(fetch(next, { method: "PUT" }));
    expect(await network.methodOf(next)).toBe("PUT");
    network.stop();
    expect(globalThis.fetch).toBe(after);
  });

  it("a method that the page has made an accessor or has frozen stays as it is", async () => {
    network.stop();
    Object.defineProperty(globalThis, "fetch", { configurable: true, get: () => nativeFetch });
    network = new Network();
    expect(Object.getOwnPropertyDescriptor(globalThis, "fetch")).not.toHaveProperty("value");
    const url = newUrl();
    await finish(fetch(url));
    expect(await network.methodOf(url)).toBeUndefined();
    Object.defineProperty(globalThis, "fetch", {
      configurable: true,
      writable: true,
      enumerable: true,
      value: nativeFetch,
    });
  });

  it("two recordings share one place in the page, which ends with the last of them", async () => {
    const observed = globalThis.fetch;
    const second = new Network();
    expect(globalThis.fetch).toBe(observed);
    const url = newUrl();
    await finish(fetch(url, { method: "POST" }));
    expect([await network.methodOf(url), await second.methodOf(url)]).toEqual(["POST", "POST"]);
    network.stop();
    network.stop();
    expect(globalThis.fetch).toBe(observed);
    const next = newUrl();
    await sendXhr("PUT", next);
    expect(await second.methodOf(next)).toBe("PUT");
    second.stop();
    expect(globalThis.fetch).toBe(nativeFetch);
    expect(Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "open")).toEqual(nativeOpen);
    expect(Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "send")).toEqual(nativeSend);
  });

  it("the page is as before once the recording is closed, also with a request in flight", async () => {
    const pending = fetch(newUrl(), { method: "POST" });
    await network.rec.close();
    await finish(pending);
    await expect.poll(() => globalThis.fetch === nativeFetch).toBe(true);
    expect(network.lines()).toEqual(expect.not.arrayContaining([expect.stringContaining("POST")]));
  });

  it("images are requested by GET, and beacons by POST", async () => {
    const rec = new RecordingStream("initiators", { sendProperties: false });
    const memory = rec.memoryRecording();
    const stop = sensors.logNetwork(rec, "network");
    const [image, beacon] = [newUrl(), newUrl()];
    await new Promise((resolve) => Object.assign(new Image(), { src: image, onerror: resolve }));
    navigator.sendBeacon(beacon, "x");
    const drained: Uint8Array[] = [];
    const text = (): string => {
      drained.push(memory.drainAsBytes());
      return drained.flatMap((rrd) => valuesOf(rrd, "/network", "TextLog:text")).join("\n");
    };
    await expect.poll(text, { timeout: 10_000 }).toMatch(new RegExp(`im(?:g|age) GET \\S+${image}`));
    if (text().includes(beacon)) expect(text()).toMatch(new RegExp(`beacon POST \\S+${beacon}`));
    stop();
  });
});
