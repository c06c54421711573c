import { once } from "node:events";
import { button, openControls, slider, type OpenControls } from "@rerun-ts/controls";
import { CONTROLS_SUBPROTOCOL, tokenSubprotocol } from "@rerun-ts/controls/protocol";
import * as rr from "@rerun-ts/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { ControlHub } from "../../../node/dist/relay/controls/control-hub.js";
import { digestText } from "../../../node/dist/relay/http/access-grants.js";
import { TestPanel } from "./test-panel.ts";

const DECLARED = { gain: slider({ min: 0, max: 2, value: 0.5 }), stop: button() };
const WRITE = "write-token-of-the-relay";
const READ = "read-token-of-the-relay";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A program with controls, and everything that its handlers have received. */
async function start(options = {}, server = {}): Promise<{ ui: OpenControls<typeof DECLARED>; seen: unknown[] }> {
  const rec = new rr.RecordingStream("arm");
  await rec.serveGrpc({ port: 0, ...server });
  const ui = await openControls(rec, DECLARED, { page: false, ...options });
  const seen: unknown[] = [];
  ui.on("gain", (gain) => void seen.push(gain));
  ui.on("stop", ({ by }) => void seen.push(by));
  ends.push(
    () => rec.close(),
    () => ui.close(),
  );
  return { ui, seen };
}

async function refusal(url: string, token: string | undefined, options: ClientOptions = {}): Promise<number> {
  const panel = new TestPanel(url, token, options);
  const refused = once(panel.socket, "unexpected-response").then(([, response]) => {
    panel.socket.terminate();
    return (response as { statusCode: number }).statusCode;
  });
  return Promise.race([refused.catch(() => 0), panel.closed.then(({ code }) => code)]);
}

function http(url: string): string {
  return url.replace("ws:", "http:").replace(/\/ws$/, "/controls");
}

const JSON_TYPE = { "content-type": "application/json" };

describe("nobody controls", () => {
  it("without a token of the program: not on this machine, not from an origin that may read, not with other tokens", async () => {
    const { ui, seen } = await start({}, { readToken: READ, writeToken: WRITE });
    const { relayUrl } = ui;
    const token = ui.tokens.panel ?? "";
    const refused = [
      await refusal(relayUrl, undefined),
      await refusal(relayUrl, "x".repeat(43)),
      await refusal(relayUrl, READ),
      await refusal(relayUrl, WRITE),
      await refusal(relayUrl, undefined, { origin: "http://localhost:5173" }),
      await refusal(relayUrl, undefined, { origin: "https://rerun.io" }),
      await refusal(`${relayUrl}?token=${token}`, undefined),
      await refusal(relayUrl, undefined, { headers: { cookie: `token=${token}` } }),
    ];
    expect(refused).toEqual(refused.map(() => 4401));
    expect(seen).toEqual([]);
  });

  it("from the page of another origin, even with the token", async () => {
    const { ui } = await start();
    const token = ui.tokens.panel ?? "";
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"]) {
      expect(await refusal(ui.relayUrl, token, { origin }), origin).toBe(403);
      const response = await fetch(`${http(ui.relayUrl)}/gain`, {
        method: "PUT",
        body: "1",
        headers: { origin, authorization: `Bearer ${token}`, ...JSON_TYPE },
      });
      expect(response.status, origin).toBe(403);
    }
    expect(await refusal(ui.relayUrl, token, { headers: { host: "evil.example" } })).toBe(403);
    expect(ui.values.gain).toBe(0.5);
  });

  it("of a program whose token it does not have", async () => {
    const first = await start();
    const url = first.ui.relayUrl;
    const rec = new rr.RecordingStream("other");
    await rec.connectWebSocket(url);
    const other = await openControls(rec, DECLARED, { page: false });
    ends.push(
      () => rec.close(),
      () => other.close(),
    );
    const panel = await TestPanel.join(url, other.tokens.panel ?? "");
    const owner = await TestPanel.join(url, first.ui.tokens.panel ?? "");
    ends.push(
      () => panel.close(),
      () => owner.close(),
    );
    expect(panel.programs.map(({ application }) => application)).toEqual(["other"]);
    const message = { type: "set", program: owner.program, id: "1", name: "gain", value: 1 };
    panel.raw(message);
    expect(await panel.outcome("1")).toMatchObject({ outcome: "refused", message: "the program is gone" });
    expect(first.seen).toEqual([]);
  });

  it("in the name of a program without the token for writing, or with the id of another program", async () => {
    const { ui } = await start({}, { writeToken: WRITE });
    const owner = await TestPanel.join(ui.relayUrl, ui.tokens.panel ?? "");
    ends.push(() => owner.close());
    const offer = {
      type: "offer",
      program: owner.program,
      application: "arm",
      recording: "stolen",
      tokens: [{ name: "evil", token: "e".repeat(20) }],
      controls: [{ name: "gain", kind: "number" }],
      values: {},
    };
    const send = async (token: string | undefined): Promise<string> => {
      const protocols = [CONTROLS_SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
      const socket = new WebSocket(ui.relayUrl, protocols);
      await once(socket, "open");
      socket.send(JSON.stringify(offer));
      const [, reason] = (await once(socket, "close")) as [number, Buffer];
      return reason.toString();
    };
    expect(await send(undefined)).toBe("the token for writing is missing or wrong");
    expect(await send(ui.tokens.panel)).toBe("the token for writing is missing or wrong");
    expect(await send(WRITE)).toBe("another program has this id");
    expect(owner.programs).toHaveLength(1);
    expect((await owner.outcome(owner.set("gain", 1))).outcome).toBe("done");
  });

  it("from another machine, unless the program allows it", () => {
    const sent: string[] = [];
    const peer = { send: (text: string) => sent.push(text) > 0, end() {} };
    const hub = new ControlHub();
    const offer = {
      type: "offer" as const,
      program: "p".repeat(20),
      application: "a",
      recording: "r",
      tokens: [{ name: "ann", token: "t".repeat(20) }],
      controls: [{ name: "gain", kind: "number" }],
      values: {},
    };
    const program = hub.offer(offer, peer);
    const digest = digestText("t".repeat(20));
    expect(hub.knows({ digest, isLocal: true })).toBe(true);
    expect(hub.knows({ digest, isLocal: false })).toBe(false);
    hub.withdraw(program);
    hub.offer({ ...offer, remote: true }, peer);
    expect(hub.knows({ digest, isLocal: false })).toBe(true);
  });
});

describe("requests over HTTP", () => {
  it("change with PUT and a token in the header alone", async () => {
    const { ui, seen } = await start();
    const { recordingId } = { recordingId: new URL(http(ui.relayUrl)).host };
    expect(recordingId).not.toBe("");
    const token = ui.tokens.panel ?? "";
    const authorization = `Bearer ${token}`;
    const base = http(ui.relayUrl);
    const ask = async (
      path: string,
      init: { method?: string; body?: string; headers?: Record<string, string> } = {},
    ): Promise<[number, unknown]> => {
      const response = await fetch(base + path, { ...init, headers: { authorization, ...JSON_TYPE, ...init.headers } });
      const text = await response.text();
      return [response.status, response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text];
    };
    const put = (path: string, body: string, headers = {}): Promise<[number, unknown]> =>
      ask(path, { method: "PUT", body, headers });
    expect(await ask("/gain")).toMatchObject([200, { name: "gain", kind: "slider", value: 0.5 }]);
    expect(await put("/gain", "0.7")).toEqual([200, { outcome: "done" }]);
    expect(await put("/gain", "7")).toMatchObject([422, { outcome: "refused" }]);
    expect(await put("/stop", '{"press":true}')).toEqual([200, { outcome: "done" }]);
    expect(seen).toEqual([0.7, "panel"]);
    for (const [path, init, status] of [
      ["/gain", { method: "POST", body: "1" }, 405],
      ["/gain", { method: "PUT", body: "1", headers: { "content-type": "text/plain" } }, 400],
      [
        "/gain",
        { method: "PUT", body: "press=true", headers: { "content-type": "application/x-www-form-urlencoded" } },
        400,
      ],
      ["/gain", { method: "PUT", body: "{" }, 400],
      ["/stop", { method: "PUT", body: "1" }, 400],
      ["/stop?press=true", {}, 200],
      ["/gain?value=1", {}, 200],
      ["/nothing", { method: "PUT", body: "1" }, 404],
      ["/gain", { method: "PUT", body: "1", headers: { authorization: "" } }, 401],
      ["/gain", { method: "PUT", body: `"${"x".repeat(40_000)}"` }, 400],
      [`/gain?token=${token}`, { headers: { authorization: "" } }, 401],
    ] as const)
      expect((await ask(path, init))[0], `${path} ${JSON.stringify(init).slice(0, 80)}`).toBe(status);
    expect(seen).toEqual([0.7, "panel"]);
    const [, all] = await ask("");
    const [program] = (all as { programs: { application: string; recording: string }[] }).programs;
    const long = `/${program?.application}/${program?.recording}`;
    expect(await put(`${long}/gain`, "0.25")).toEqual([200, { outcome: "done" }]);
    expect(await ask(long)).toMatchObject([200, { values: { gain: 0.25 } }]);
  });
});

describe("a client that violates the protocol is cut off, and the others go on:", () => {
  it.for([
    ["text that is not JSON", "{"],
    ["another object", "[]"],
    ["a name of prototypes", '{"type":"__proto__"}'],
    ["a path of prototypes", '{"type":"set","program":"p","id":"1","name":"__proto__/../x","value":1}'],
    ["a second join", '{"type":"join"}'],
    ["an offer", '{"type":"offer"}'],
    ["a long message", JSON.stringify({ type: "key", program: "p", id: "1", key: "x", more: "y".repeat(40_000) })],
    ["a huge message", "x".repeat(3 * 1024 * 1024)],
    ["a long id", JSON.stringify({ type: "key", program: "p", id: "1".repeat(65), key: "x" })],
    ["bytes", Buffer.from([1, 2, 3])],
  ] as const)("%s", async ([, message]) => {
    const { ui } = await start();
    const token = ui.tokens.panel ?? "";
    const [bad, good] = [await TestPanel.join(ui.relayUrl, token), await TestPanel.join(ui.relayUrl, token)];
    ends.push(() => good.close());
    bad.socket.send(message);
    expect([1006, 1008, 1009]).toContain((await bad.closed).code);
    expect((await good.outcome(good.set("gain", 1))).outcome).toBe("done");
  });

  it("one that says nothing", async () => {
    const { ui } = await start();
    const socket = new WebSocket(ui.relayUrl, [CONTROLS_SUBPROTOCOL]);
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(4408);
  }, 20_000);
});

it("exclusive controls belong to one panel at a time", async () => {
  const { ui, seen } = await start({ exclusive: true });
  const token = ui.tokens.panel ?? "";
  const [first, second] = [await TestPanel.join(ui.relayUrl, token), await TestPanel.join(ui.relayUrl, token)];
  ends.push(() => second.close());
  expect((await first.outcome(first.set("gain", 1))).outcome).toBe("done");
  expect(await second.outcome(second.set("gain", 0.1))).toMatchObject({ message: "another panel has control" });
  second.raw({ type: "take", program: second.program });
  expect((await second.outcome(second.set("gain", 0.2))).outcome).toBe("done");
  expect(await first.outcome(first.press("stop"))).toMatchObject({ message: "another panel has control" });
  second.raw({ type: "leave", program: second.program });
  await first.until(() => first.messages.some((message) => message.type === "holder" && message.client === null));
  expect((await first.outcome(first.press("stop"))).outcome).toBe("done");
  first.close();
  await second.until(() => second.messages.at(-1)?.type === "holder");
  expect(seen).toEqual([1, 0.2, "panel"]);
});

it("messages and errors have no tokens", async () => {
  const warnings = vi.spyOn(console, "warn").mockImplementation(() => {});
  const rec = new rr.RecordingStream("arm");
  ends.push(() => rec.close());
  await rec.serveGrpc({ port: 0, access: [{ token: WRITE, write: true }] });
  const secret = "short-secret";
  await expect(openControls(rec, DECLARED, { page: false, tokens: { ann: secret } })).rejects.toThrow(
    /^`tokens.ann` must be 16 to 256 ASCII characters without spaces$/,
  );
  await expect(openControls(rec, DECLARED, { page: false })).rejects.toThrow(/give the `token` of a writer/);
  await expect(openControls(rec, DECLARED, { page: false, token: "wrong-token" })).rejects.toThrow(
    /refuses controls: the token for writing is missing or wrong$/,
  );
  const ui = await openControls(rec, DECLARED, { page: false, token: WRITE });
  await ui.close();
  expect(warnings.mock.calls).toEqual([]);
  warnings.mockRestore();
});
