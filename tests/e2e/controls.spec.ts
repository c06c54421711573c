import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { expect, test, type Page } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import {
  button,
  checkbox,
  color,
  folder,
  number,
  openControls,
  select,
  slider,
  text,
  vector3,
} from "@rerun-ts/controls";
import { openPanel, panelOf, sectionOf, startProgram, type Program } from "./control-page.ts";
import { FlakyProxy } from "./flaky-proxy.ts";

const DECLARED = {
  gain: slider({ min: 0, max: 2, step: 0.01, value: 0.5, hint: "How hard the arm pulls." }),
  mode: select(["auto", "manual"]),
  limit: number({ min: 0, max: 10, step: 1, value: 3 }),
  pose: vector3(),
  tint: color(),
  title: text({ maxLength: 20 }),
  password: text({ secret: true }),
  live: checkbox(),
  stop: button({ key: "Space", confirm: true }),
  home: button({ key: "KeyH" }),
  jog: button({ hold: true }),
  log: folder("Logging", { level: select(["info", "debug"]) }),
};

test.describe("a panel", () => {
  let program: Program<typeof DECLARED>;
  let page: Page;
  let seen: unknown[];
  const pages: Page[] = [];

  test.beforeEach(async ({ browser }) => {
    program = await startProgram(DECLARED);
    seen = [];
    for (const name of ["gain", "mode", "limit", "pose", "tint", "title", "password", "live", "log/level"] as const)
      program.ui.on(name, (value: unknown) => void seen.push([name, value]));
    program.ui.on("stop", () => void seen.push("stop"));
    program.ui.on("home", () => void seen.push("home"));
    program.ui.on("jog", ({ phase }) => void seen.push(phase));
    page = await openPanel(browser, program.url);
    pages.push(page);
    await expect(panelOf(page).getByRole("heading", { name: "robot" })).toBeVisible();
  });
  test.afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.context().close();
    await program.close();
  });
  const last = (): unknown => seen.at(-1);

  test("is used by keyboard alone", async () => {
    const panel = panelOf(page);
    await panel.getByRole("slider", { name: "gain" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(last).toEqual(["gain", 0.51]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await expect.poll(last).toEqual(["mode", "manual"]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    await expect.poll(last).toEqual(["limit", 7]);
    await panel.getByRole("spinbutton", { name: "y" }).fill("2.5");
    await page.keyboard.press("Tab");
    await expect.poll(last).toEqual(["pose", [0, 2.5, 0]]);
    await panel.getByRole("textbox", { name: "title" }).fill("first run");
    await page.keyboard.press("Enter");
    await expect.poll(last).toEqual(["title", "first run"]);
    await panel.getByRole("checkbox", { name: "live" }).focus();
    await page.keyboard.press("Space");
    await expect.poll(last).toEqual(["live", true]);
    await panel.getByRole("button", { name: "home" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(last).toBe("home");
    expect(seen.filter((entry) => entry === "stop")).toEqual([]);
  });

  test("shows what the program changes, and what it refuses", async () => {
    const panel = panelOf(page);
    program.ui.set("gain", 1.25);
    await expect(panel.getByRole("slider", { name: "gain" })).toHaveValue("1.25");
    program.ui.update("log/level", { options: ["warn", "error"] });
    await expect(panel.getByRole("combobox", { name: "level" }).locator("option")).toHaveText(["warn", "error"]);
    program.ui.update("home", { disabled: true, hint: "The arm is moving.", progress: 0.25 });
    await expect(panel.getByRole("button", { name: "home" })).toBeDisabled();
    await expect(panel.locator("section").getByText("The arm is moving.")).toBeVisible();
    await expect(panel.getByRole("progressbar", { name: "home" })).toHaveAttribute("value", "0.25");
    await panel.getByRole("spinbutton", { name: "limit" }).fill("99");
    await page.keyboard.press("Enter");
    await expect(panel.locator("section").getByText(/refused: .*limit.*10/)).toBeVisible();
    await expect(panel.getByRole("spinbutton", { name: "limit" })).toHaveValue("3");
    expect(seen).toEqual([]);
  });

  test("asks before a press that must be confirmed, and a key that is pressed twice confirms nothing", async () => {
    const panel = panelOf(page);
    await page.keyboard.press("Space");
    await expect(panel.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Space");
    await expect(panel.getByRole("dialog")).toBeHidden();
    expect(seen).toEqual([]);
    await panel.getByRole("button", { name: "stop" }).click();
    await panel.getByRole("dialog").getByRole("button", { name: "stop" }).click();
    await expect.poll(last).toBe("stop");
    await expect(panel.locator("section").getByText("done", { exact: true })).toBeVisible();
  });

  test("keys press buttons, but not while people write", async () => {
    await page.keyboard.press("h");
    await expect.poll(() => seen).toEqual(["home"]);
    await panelOf(page).getByRole("textbox", { name: "title" }).focus();
    await page.keyboard.type("hhh");
    await page.keyboard.press("Enter");
    await expect.poll(() => seen).toEqual(["home", ["title", "hhh"]]);
  });

  test("keeps a secret nowhere in the page", async () => {
    const field = panelOf(page).getByRole("textbox", { name: "password" });
    await field.fill("abracadabra");
    await page.keyboard.press("Enter");
    await expect.poll(last).toEqual(["password", "abracadabra"]);
    await expect(field).toHaveValue("");
    await expect
      .poll(() => page.evaluate(() => JSON.stringify(document.querySelector("rerun-controls")?.client?.state)))
      .not.toContain("abracadabra");
  });

  test("a button is held by the mouse and by the keyboard, and released when the focus or the page is lost", async () => {
    const jog = panelOf(page).getByRole("button", { name: "jog" });
    await jog.hover();
    await page.mouse.down();
    await expect.poll(() => seen).toEqual(["press"]);
    await expect(jog).toHaveAttribute("aria-pressed", "true");
    // Longer than the 500 ms after which the program releases a button without beats.
    await page.waitForTimeout(1200);
    expect(seen).toEqual(["press"]);
    await page.mouse.up();
    await expect.poll(() => seen).toEqual(["press", "release"]);
    await page.keyboard.down("Enter");
    await expect.poll(() => seen).toEqual(["press", "release", "press"]);
    await page.keyboard.press("Tab");
    await expect.poll(() => seen).toEqual(["press", "release", "press", "release"]);
  });

  for (const [what, leave] of Object.entries({
    hidden: (open: Page) =>
      open.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { value: "hidden" });
        document.dispatchEvent(new Event("visibilitychange"));
      }),
    reloaded: (open: Page) => open.reload(),
    closed: (open: Page) => open.close(),
  }))
    test(`a held button is released when its page is ${what}`, async () => {
      await panelOf(page).getByRole("button", { name: "jog" }).hover();
      await page.mouse.down();
      await expect.poll(() => seen).toEqual(["press"]);
      await leave(page);
      await expect.poll(() => seen, { timeout: 5000 }).toEqual(["press", "release"]);
    });

  test("removes the token from the address, and has it after a reload", async () => {
    expect(page.url()).not.toContain("#");
    const token = program.ui.tokens["panel"] ?? "";
    expect(token).not.toBe("");
    expect(await page.content()).not.toContain(token);
    await page.reload();
    await expect(panelOf(page).getByRole("slider", { name: "gain" })).toBeVisible();
  });

  test("says that a program is gone, and that a page has no token", async ({ browser }) => {
    const other = await openPanel(browser, program.url.replace(/#.*/, ""));
    pages.push(other);
    await expect(panelOf(other).getByText("This page has no token")).toBeVisible();
    await program.ui.close();
    await expect(sectionOf(page).getByText("The program is gone.")).toBeVisible();
    await expect(panelOf(page).getByRole("slider", { name: "gain" })).toBeDisabled();
  });

  test("two panels show the same values", async ({ browser }) => {
    const other = await openPanel(browser, program.url);
    pages.push(other);
    await panelOf(other).getByRole("slider", { name: "gain" }).fill("1.5");
    await expect(panelOf(page).getByRole("slider", { name: "gain" })).toHaveValue("1.5");
    await panelOf(page).getByRole("combobox", { name: "mode" }).selectOption("manual");
    await expect(panelOf(other).getByRole("combobox", { name: "mode" })).toHaveValue("manual");
    expect(seen).toEqual([
      ["gain", 1.5],
      ["mode", "manual"],
    ]);
  });

  test("sends the last value of a slider that is dragged", async () => {
    const box = await panelOf(page).getByRole("slider", { name: "gain" }).boundingBox();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width, y + height / 2, { steps: 200 });
    await page.mouse.up();
    await expect.poll(last).toEqual(["gain", 2]);
    await expect(panelOf(page).getByRole("slider", { name: "gain" })).toHaveValue("2");
  });
});

test("a panel is used by touch: targets have 44 pixels, and a button is held until the touch ends", async ({
  browser,
}) => {
  const program = await startProgram(DECLARED);
  const seen: unknown[] = [];
  program.ui.on("live", (value) => void seen.push(value));
  program.ui.on("jog", ({ phase }) => void seen.push(phase));
  const page = await openPanel(browser, program.url, { hasTouch: true, viewport: { width: 390, height: 1500 } });
  const panel = panelOf(page);
  await panel.getByRole("checkbox", { name: "live" }).tap();
  await expect.poll(() => seen).toEqual([true]);
  const small = await panel.evaluate(({ shadowRoot }) =>
    [...(shadowRoot?.querySelectorAll("button, input, select, summary") ?? [])].flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      const isShown = width > 0 && !(target instanceof HTMLInputElement && target.type === "checkbox");
      return isShown && height < 44 ? [`${target.tagName} ${height}`] : [];
    }),
  );
  expect(small).toEqual([]);
  const touch = await page.context().newCDPSession(page);
  const { x, y, width, height } = (await panel.getByRole("button", { name: "jog" }).boundingBox()) ?? expectBox();
  await touch.send("Input.dispatchTouchEvent", {
    type: "touchStart",
    touchPoints: [{ x: x + width / 2, y: y + height / 2 }],
  });
  await expect.poll(() => seen).toEqual([true, "press"]);
  await page.waitForTimeout(1000);
  expect(seen).toEqual([true, "press"]);
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await expect.poll(() => seen).toEqual([true, "press", "release"]);
  await page.context().close();
  await program.close();
});

test("an exclusive program has one panel in control, and another one can take it", async ({ browser }) => {
  const program = await startProgram({ gain: slider({ min: 0, max: 1 }) }, { exclusive: true });
  const [first, second] = [await openPanel(browser, program.url), await openPanel(browser, program.url)];
  await panelOf(first).getByRole("slider").fill("0.5");
  await expect(sectionOf(second).getByText("Another panel controls this program.")).toBeVisible();
  await expect(panelOf(second).getByRole("slider")).toBeDisabled();
  await panelOf(second).getByRole("button", { name: "Take control" }).click();
  await expect(panelOf(first).getByRole("slider")).toBeDisabled();
  await panelOf(second).getByRole("slider").fill("0.75");
  await expect.poll(() => program.ui.values.gain).toBe(0.75);
  await panelOf(second).getByRole("button", { name: "Leave control to others" }).click();
  await expect(panelOf(first).getByRole("slider")).toBeEnabled();
  for (const page of [first, second]) await page.context().close();
  await program.close();
});

test("a handler that hangs is running, and then timed out", async ({ browser }) => {
  const program = await startProgram({ slow: button() }, { timeoutMs: 1000 });
  program.ui.on("slow", () => new Promise(() => {}));
  const page = await openPanel(browser, program.url);
  await panelOf(page).getByRole("button", { name: "slow" }).click();
  await expect(sectionOf(page).getByText("running …")).toBeVisible();
  await expect(sectionOf(page).getByText(/timed out/)).toBeVisible();
  await page.context().close();
  await program.close();
});

test("programs with the same token are grouped, and one that does not answer is named", async ({ browser }) => {
  const tokens = { me: "a-token-for-both-programs" };
  const first = await startProgram({ gain: slider({ min: 0, max: 1 }) }, { tokens }, { name: "first" });
  const rec = new rr.RecordingStream("second");
  const second = await openControls(
    rec,
    { speed: slider({ min: 0, max: 1 }) },
    { tokens, url: first.ui.relayUrl, page: false },
  );
  const page = await openPanel(browser, first.url);
  await expect(sectionOf(page).getByRole("heading")).toHaveText(["first", "second"]);
  await panelOf(page).getByRole("slider", { name: "speed" }).fill("0.5");
  await expect.poll(() => second.values.speed).toBe(0.5);
  expect(first.ui.values.gain).toBe(0);
  // The relay passes a change on, and its program is not there to answer: nobody calls its socket.
  await page.evaluate(() => {
    const send = Reflect.get(WebSocket.prototype, "send") as (this: WebSocket, data: unknown) => void;
    WebSocket.prototype.send = function drop(data) {
      if (typeof data !== "string" || !data.includes('"speed"')) send.call(this, data);
    };
  });
  await panelOf(page).getByRole("slider", { name: "speed" }).fill("0.75");
  await expect(sectionOf(page).getByText("The program does not answer.")).toHaveCount(1);
  await panelOf(page).getByRole("slider", { name: "gain" }).fill("0.25");
  await expect.poll(() => first.ui.values.gain).toBe(0.25);
  await page.context().close();
  await second.close();
  await rec.close();
  await first.close();
});

test("a panel connects again: it sends the last value, and says that the outcome of a press is unknown", async ({
  browser,
}) => {
  const program = await startProgram({ gain: slider({ min: 0, max: 1, step: 0.01 }), stop: button() });
  const presses: unknown[] = [];
  program.ui.on("stop", () => void presses.push("stop"));
  const { port } = new URL(program.ui.relayUrl);
  const proxy = await FlakyProxy.start(Number(port));
  const [, proxyPort = ""] = /:(\d+)\//.exec(proxy.url) ?? [];
  const page = await openPanel(browser, program.url.replaceAll(port, proxyPort));
  await expect(panelOf(page).getByRole("slider")).toBeVisible();
  proxy.isMuted = true;
  await panelOf(page).getByRole("button", { name: "stop" }).click();
  await expect.poll(() => presses).toEqual(["stop"]);
  // The first attempt to connect again gets no answer, the later ones are refused.
  proxy.target = undefined;
  proxy.cut();
  await expect(sectionOf(page).getByText(/outcome unknown/)).toBeVisible();
  await expect(panelOf(page).getByText(/No connection/)).toBeVisible();
  await panelOf(page).getByRole("button", { name: "stop" }).click();
  await expect(sectionOf(page).getByText("not sent: no connection")).toBeVisible();
  proxy.isMuted = false;
  await panelOf(page).getByRole("slider").fill("0.42");
  proxy.target = Number(port);
  // The panel forgets a value that waits for too long, and its pauses have grown.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => program.ui.values.gain).toBe(0.42);
  await expect(panelOf(page).getByText(/No connection/)).toBeHidden();
  expect(presses).toEqual(["stop"]);
  await page.context().close();
  await proxy.close();
  await program.close();
});

test("names of a program are texts: none runs as a script or adds elements", async ({ browser }) => {
  const hostile = `<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>"'>`;
  const program = await startProgram(
    {
      gain: slider({ min: 0, max: 1, label: hostile, hint: hostile }),
      mode: select([hostile, "b"]),
      stop: button({ label: hostile, confirm: true }),
      log: folder(hostile, { level: text({ value: hostile }) }),
    },
    {},
    { name: hostile },
  );
  program.ui.on("stop", () => {
    throw new Error(hostile);
  });
  const page = await openPanel(browser, program.url);
  const panel = panelOf(page);
  await panel.getByRole("button", { name: hostile }).click();
  await panel.getByRole("dialog").getByRole("button", { name: hostile }).click();
  await expect(panel.locator("section").getByText(/^failed: /)).toBeVisible();
  expect(await panel.locator("img, script").count()).toBe(0);
  expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
  await page.context().close();
  await program.close();
});

test("the page refuses frames, other scripts, and tells no other server its address", async ({ browser, request }) => {
  const program = await startProgram({ stop: button() });
  const { headers } = await request.get(program.url).then((response) => ({ headers: response.headers() }));
  expect(headers).toMatchObject({ "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" });
  const policy = headers["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'"])
    expect(policy).toContain(part);
  const page = await openPanel(browser, program.url);
  const isRun = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    return "ran" in globalThis;
  });
  expect(isRun).toBe(false);
  await page.context().close();
  await program.close();
});

test("the accessibility tree of a panel has names, roles, states and values", async ({ browser }) => {
  const program = await startProgram(DECLARED);
  const page = await openPanel(browser, program.url);
  program.ui.update("gain", { progress: 0.5 });
  await expect(panelOf(page).getByRole("progressbar")).toBeVisible();
  await expect(panelOf(page)).toMatchAriaSnapshot(`
    - region "Controls":
      - region "robot":
        - heading "robot" [level=2]
        - text: gain
        - slider "gain": "0.5"
        - progressbar "gain"
        - text: How hard the arm pulls. mode
        - combobox "mode":
          - option "auto" [selected]
          - option "manual"
        - text: limit
        - spinbutton "limit": "3"
        - text: pose
        - group "pose":
          - spinbutton "x": "0"
          - spinbutton "y": "0"
          - spinbutton "z": "0"
        - text: tint
        - textbox "tint": "#ffffff"
        - text: title
        - textbox "title"
        - text: password
        - textbox "password"
        - text: live
        - checkbox "live"
        - button "stop"
        - button "home"
        - button "jog"
        - group:
          - text: Logging level
          - combobox "level":
            - option "info" [selected]
            - option "debug"
  `);
  await expect(panelOf(page).getByRole("slider", { name: "gain" })).toHaveAccessibleDescription(
    "How hard the arm pulls.",
  );
  await expect(panelOf(page).getByRole("button", { name: "stop" })).toHaveAttribute("aria-keyshortcuts", "Space");
  await page.context().close();
  await program.close();
});

function expectBox(): never {
  throw new Error("the button is not shown");
}

test.describe("a program that panels on other machines control", () => {
  const tls = {
    key: readFileSync(new URL("../processes/harness/tls/key.pem", import.meta.url)),
    cert: readFileSync(new URL("../processes/harness/tls/certificate.pem", import.meta.url)),
  };
  for (const [name, options, warnings] of [
    ["warns without a certificate", {}, [expect.stringContaining("not encrypted: everyone in the network can read")]],
    ["is encrypted with a certificate", { tls }, []],
  ] as const)
    test(name, async ({ browser }) => {
      const seen: string[] = [];
      const gains: number[] = [];
      const onWarning = (message: string): void => void seen.push(message);
      const program = await startProgram({ gain: DECLARED.gain }, { bindIp: "0.0.0.0", ...options, onWarning });
      program.ui.on("gain", (gain) => void gains.push(gain));
      const address = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
      const url = new URL(program.url);
      expect(url.protocol).toBe("tls" in options ? "https:" : "http:");
      expect(program.ui.relayUrl).toMatch("tls" in options ? /^wss:/ : /^ws:/);
      // From the machine itself, if it has no network.
      url.hostname = address ?? "127.0.0.1";
      const page = await openPanel(browser, url.href, { ignoreHTTPSErrors: true });
      await panelOf(page).getByRole("slider", { name: "gain" }).focus();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => gains).toEqual([0.51]);
      expect(seen).toEqual(warnings);
      await page.context().close();
      await program.close();
    });
});

test("a panel is dark if the system or its attribute says so", async ({ browser }) => {
  const program = await startProgram({ gain: DECLARED.gain });
  const page = await openPanel(browser, program.url, { colorScheme: "dark" });
  const panel = panelOf(page);
  await expect(panel.getByRole("slider", { name: "gain" })).toBeVisible();
  const isDark = (): Promise<boolean> =>
    panel.evaluate((element) => {
      const style = getComputedStyle(element);
      const lightness = (rgb: string): number => Number(/\d+/.exec(rgb)?.[0]);
      return lightness(style.backgroundColor) < lightness(style.color);
    });
  expect(await isDark()).toBe(true);
  await panel.evaluate((element) => element.setAttribute("theme", "light"));
  expect(await isDark()).toBe(false);
  await page.emulateMedia({ colorScheme: "light" });
  await panel.evaluate((element) => element.removeAttribute("theme"));
  expect(await isDark()).toBe(false);
  await panel.evaluate((element) => element.setAttribute("theme", "dark"));
  expect(await isDark()).toBe(true);
  await page.context().close();
  await program.close();
});
