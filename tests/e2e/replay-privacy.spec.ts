import { expect, test, type Page } from "@playwright/test";
import { openRrd } from "@rerun-ts/reading";
import type { ReplayPageApi } from "./pages/replay.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

declare const api: ReplayPageApi;

let pages: PageServer;
test.beforeAll(async () => {
  pages = await serveOwnPages(["tests/e2e/pages/replay.html"]);
});
test.afterAll(() => pages.close());

/** All texts of a recording: those of its components, its names and its paths. */
async function textsOf(rrd: string): Promise<string> {
  const file = await openRrd(Uint8Array.from(Buffer.from(rrd, "base64")));
  const texts: string[] = [];
  for await (const chunk of file.recording().chunks()) {
    const values = chunk.table
      .toArray()
      .map((row) => JSON.stringify(row, (_, value) => (typeof value === "bigint" ? String(value) : value)));
    texts.push(chunk.entityPath, chunk.components.join(" "), ...values);
  }
  // The bytes are not compressed.
  return `${texts.join("\n")}${Buffer.from(rrd, "base64").toString("latin1")}`;
}

/** Types a secret into every place, where each place has its own secret: `SECRET` with its name. */
async function typeSecrets(page: Page, mask: "all" | "inputs" | "none"): Promise<string> {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html?token=SECRETpagequery#SECRETpagehash=1`);
  await page.evaluate((given) => {
    const root = document.querySelector("#root") as HTMLElement;
    root.innerHTML = `
      <input id="text"><input id="early" value="SECRETearly"><textarea id="area"></textarea><textarea id="default">SECRETdefaultarea</textarea>
      <input id="password" type="password" value="SECRETpassworddefault"><input id="shown" type="password">
      <input id="completed" autocomplete="one-time-code"><input type="hidden" value="SECREThidden">
      <input id="searched" type="search"><input id="attributed" title="SECRETtitle" aria-label="SECRETaria" data-x="SECRETdata" value="SECRETvalue">
      <div id="edited" contenteditable><b title="SECRETeditedtitle">first</b></div><div id="role" role="textbox">x</div>
      <select id="select"><option value="a">a</option></select>
      <p id="prose">SECRETprose</p><img alt="SECRETalt" src="/image.png?k=SECRETimage">
      <a href="/path?k=SECRETlink">link</a><form action="/send?k=SECRETaction"></form><div style="background:url('/b.png?k=SECRETstyle')"></div>
      <div class="private"><input id="blocked"><p>SECRETblockedtext</p><canvas></canvas></div><style>p { background: url(/c.png?k=SECRETcss) }</style>
      <div data-link="/x?k=SECRETdatalink" onclick="SECRETonclick()"></div><iframe srcdoc="<input id=framed><p>f</p>" id="frame"></iframe>
      <x-host></x-host><style id="rules">i { top: 0 }</style>`;
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [sheet];
    sheet.insertRule("i { background: url(/d.png?k=SECRETcssadopted) }");
    const shadow = (root.querySelector("x-host") as HTMLElement).attachShadow({ mode: "open" });
    shadow.innerHTML = "<input id=shadowed>";
    api.startAll({ mask: given, blockSelector: ".private", checkoutSeconds: 1 });
  }, mask);
  await page.waitForTimeout(300);
  for (const name of ["text", "area", "password", "completed", "searched", "blocked"]) {
    await page.locator(`#${name}`).click();
    await page.keyboard.type(`SECRET${name}typed`);
  }
  await page.locator("#default").fill("");
  await page.locator("#password").fill("");
  await page.locator("x-host input").fill("SECRETshadowtyped");
  await page.frameLocator("#frame").locator("#framed").fill("SECRETframedtyped");
  await page.locator("#edited").click();
  await page.keyboard.type("SECRETeditedtyped");
  await page.locator("#role").evaluate((element) => void (element.textContent = "SECRETroletyped"));
  await page.evaluate(async () => {
    const find = (id: string): HTMLInputElement => document.querySelector(`#${id}`) as HTMLInputElement;
    const shown = find("shown");
    // Shown as text and filled in the same task, before any observer.
    shown.type = "text";
    shown.value = "SECRETshowntyped";
    shown.dispatchEvent(new Event("input", { bubbles: true }));
    shown.setAttribute("value", "SECRETshownattribute");
    find("text").setAttribute("value", "SECRETtextattribute");
    find("text").title = "SECRETtexttitle";
    find("text").setAttribute("aria-valuetext", "SECRETtextaria");
    // An editor that replaces its texts.
    const edited = document.querySelector("#edited") as HTMLElement;
    (edited.lastChild as Text).data = "SECRETeditedgone";
    edited.replaceChildren("SECRETeditedreplaced");
    edited.append(
      Object.assign(document.createElement("a"), { href: "/SECRETeditedhref", title: "SECRETeditedattribute" }),
    );
    // Styles that programs change.
    const rules = (document.querySelector("#rules") as HTMLStyleElement).sheet as CSSStyleSheet;
    rules.insertRule("b { background: url(/e.png?k=SECRETcssrule) }");
    (rules.cssRules[0] as CSSStyleRule).style.setProperty("background", "url(/f.png?k=SECRETcssdeclared)");
    document.adoptedStyleSheets[0]?.replaceSync("i { background: url(/g.png?k=SECRETcssreplaced) }");
    const text = document.createTextNode("u { background: url(/h.png?k=SECRETcsstext) }");
    document.querySelector("#root")?.appendChild(document.createElement("style")).append(text);
    await new Promise((resolve) => setTimeout(resolve, 100));
    text.data = "u { background: url(/i.png?k=SECRETcsschanged) }";
    history.pushState(null, "", "?k=SECRETpushed");
    await fetch("/fetched?k=SECRETfetched").catch(() => {});
    api.snapshot();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    api.stop();
  });
  return textsOf(await page.evaluate(() => api.bytes()));
}

/** The names of the secrets in a text. */
function secretsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/SECRET\w*/g)].map(([name]) => name))].sort();
}

test("the length of a password is not in a recording, and that of a text is", async ({ page }) => {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  await page.evaluate(() => {
    (document.querySelector("#root") as HTMLElement).innerHTML =
      '<input id="early" type="password"><input id="text"><input id="password" type="password">';
    (document.querySelector("#early") as HTMLInputElement).value = "a very long password";
    api.start({});
  });
  await page.locator("#text").fill("fourteen chars");
  await page.locator("#password").fill("a very long password");
  await page.evaluate(() => {
    api.snapshot();
    api.stop();
  });
  const lengths = [...(await textsOf(await page.evaluate(() => api.bytes()))).matchAll(/\*{3,}/g)].map(
    ([stars]) => stars.length,
  );
  // Longer runs of the text, which keeps its space, and the password.
  expect([...new Set(lengths)].sort((a, b) => a - b)).toEqual([5, 8]);
});

test("with the mask `all`, no secret is in a recording", async ({ page }) => {
  expect(secretsIn(await typeSecrets(page, "all"))).toEqual([]);
});

test("with the mask `inputs`, nothing that was typed and no query is in a recording", async ({ page }) => {
  expect(secretsIn(await typeSecrets(page, "inputs"))).toEqual(["SECRETalt", "SECRETprose"]);
});

test("without a mask, no password, no blocked element and no query is in a recording", async ({ page }) => {
  const found = secretsIn(await typeSecrets(page, "none"));
  expect(found).toContain("SECRETtexttyped");
  expect(
    found.filter((name) =>
      /password|shown|completed|blocked|query|hash|image|link|action|style|css|pushed|fetched|onclick/.test(name),
    ),
  ).toEqual([]);
});
