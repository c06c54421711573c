import type { Page } from "@playwright/test";
import type { ReplayPageApi } from "./pages/replay.ts";

declare const api: ReplayPageApi;

/** A moment of a live page: the time in milliseconds since 1970, and its document as text. */
export interface Moment {
  readonly time: number;
  readonly dom: string;
}

/** The source of a function `describe(node)`, which writes a document as text, without what replays leave out. */
export const DESCRIBE = `(function describe(node) {
  const SKIPPED = new Set(["SCRIPT", "NOSCRIPT", "LINK"]);
  const LEFT_OUT = /^(?:on.*|src|srcset|href|action|sandbox|srcdoc|style|rel|target|value|checked|selected|data-rr-.*|autofocus|download|loading)$/;
  if (node.nodeType === 3) return JSON.stringify(node.nodeValue);
  if (node.nodeType === 9) return "#" + [...node.childNodes].map(describe).join("") + rules(node.adoptedStyleSheets);
  if (node.nodeType === 10) return "<!" + node.name + ">";
  if (node.nodeType !== 1 || SKIPPED.has(node.nodeName)) return "";
  const names = node.getAttributeNames().filter((name) => !LEFT_OUT.test(name)).sort();
  let text = "<" + node.localName + names.map((name) => " " + name + "=" + JSON.stringify(node.getAttribute(name))).join("");
  if (node.getAttribute("style")) text += " style=" + node.style.cssText;
  if (["INPUT", "TEXTAREA", "SELECT"].includes(node.nodeName) && node.type !== "file") text += " value=" + JSON.stringify(node.value) + node.checked;
  text += ">";
  if (node.nodeName === "STYLE") return text + rules([node.sheet]);
  if (node.nodeName === "TEXTAREA" || node.nodeName === "OPTION") return text;
  if (node.shadowRoot) text += "{" + [...node.shadowRoot.childNodes].map(describe).join("") + rules(node.shadowRoot.adoptedStyleSheets) + "}";
  if (node.nodeName === "IFRAME") return text + (node.contentDocument ? describe(node.contentDocument) : "");
  return text + [...node.childNodes].map(describe).join("") + "</>";
  function rules(sheets) { return [...sheets].map((sheet) => [...(sheet?.cssRules ?? [])].map((rule) => rule.cssText.replace(/url\\([^)]*\\)/g, "url()")).join("")).join("|"); }
})`;

/** The random changes of each test page, one for each call, as sources of functions of a random number generator. */
export const CHANGES: Readonly<Record<string, string>> = {
  form: `(random) => {
    if (!document.querySelector("form")) {
      root.innerHTML = '<form><input name=a><input type=checkbox name=b><textarea>first</textarea><select><option>x<option>y<option>z</select><input type=radio name=r value=1><input type=radio name=r value=2><output></output></form>';
      return;
    }
    const [a, b] = document.querySelectorAll("input");
    const radios = document.querySelectorAll("[type=radio]");
    const fire = (element) => { for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true })); };
    [
      () => { a.value = "typed " + random(); fire(a); },
      () => { b.checked = !b.checked; fire(b); },
      () => { const t = document.querySelector("textarea"); t.value = "long " + random(); fire(t); },
      () => { const s = document.querySelector("select"); s.selectedIndex = Math.floor(random() * 3); fire(s); },
      () => { const r = radios[Math.floor(random() * 2)]; r.checked = true; fire(r); },
      () => { document.querySelector("output").textContent = "sum " + random(); a.toggleAttribute("disabled"); },
      () => { document.querySelector("form").className = "c" + Math.floor(random() * 5); a.style.width = 100 + Math.floor(random() * 50) + "px"; },
    ][Math.floor(random() * 7)]();
  }`,
  list: `(random) => {
    let list = document.querySelector("ul");
    if (!list) { list = document.createElement("ul"); list.className = "list"; root.append(list); }
    const item = () => { const li = document.createElement("li"); li.innerHTML = "item <b>" + random() + "</b> of <i>many</i>"; return li; };
    const at = () => list.children[Math.floor(random() * list.children.length)] ?? null;
    [
      () => list.append(item(), item()),
      () => list.insertBefore(item(), at()),
      () => at()?.remove(),
      () => { const one = at(); if (one) list.insertBefore(one, at()); },
      () => { const one = at(); if (one) one.firstChild.nodeValue = "changed " + random(); },
      () => at()?.replaceChildren("only text", document.createElement("hr")),
      () => { const fragment = document.createDocumentFragment(); for (let k = 0; k < 5; k++) fragment.append(item()); list.prepend(fragment); },
    ][Math.floor(random() * 7)]();
  }`,
  shadow: `(random) => {
    if (!document.querySelector("x-card")) {
      if (!customElements.get("x-card")) customElements.define("x-card", class extends HTMLElement {
        constructor() { super(); this.attachShadow({ mode: "open" }).innerHTML = "<style>p { color: red }</style><p>card</p><slot></slot>"; }
      });
      root.innerHTML = "<x-card>light</x-card><iframe src='replay-frame.html'></iframe><style id=s>b { color: blue }</style>";
      return;
    }
    const card = () => { const all = document.querySelectorAll("x-card"); return all[Math.floor(random() * all.length)]; };
    const inner = document.querySelector("iframe").contentDocument;
    [
      () => { const one = document.createElement("x-card"); one.textContent = "n" + random(); root.append(one); },
      () => { card().shadowRoot.querySelector("p").textContent = "changed " + random(); },
      () => { const p = document.createElement("p"); p.textContent = "in shadow " + random(); card().shadowRoot.append(p); },
      () => { const p = document.createElement("p"); p.textContent = "in frame " + random(); inner.body.append(p); },
      () => { inner.body.firstChild?.remove(); },
      () => { document.querySelector("#s").sheet.insertRule("i { top: " + Math.floor(random() * 9) + "px }", 0); },
      () => { const sheet = new CSSStyleSheet(); sheet.replaceSync("p { left: " + Math.floor(random() * 9) + "px }"); card().shadowRoot.adoptedStyleSheets = [sheet]; },
    ][Math.floor(random() * 7)]();
  }`,
};

/** Changes a page at random and describes it, a number of times. Returns its moments and its recording, in base64. */
export async function recordMoments(
  page: Page,
  url: string,
  changes: string,
  count: number,
  seed: number,
): Promise<{ moments: Moment[]; rrd: string }> {
  await page.goto(url);
  return page.evaluate(
    async ({ changes: source, describe: describeSource, count: times, seed: start }) => {
      // oxlint-disable-next-line no-eval
      const change = (0, eval)(source) as (random: () => number) => void;
      // oxlint-disable-next-line no-eval
      const describe = (0, eval)(describeSource) as (node: Node) => string;
      const root = document.querySelector("#root");
      Object.assign(globalThis, { root });
      let state = start;
      const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
      const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      api.start({ mask: "none", checkoutSeconds: 1 });
      change(random);
      // Changes follow when the frame of the page has loaded.
      await sleep(600);
      const moments: { time: number; dom: string }[] = [];
      while (moments.length < times) {
        for (let n = Math.ceil(random() * 4); n > 0; n--) change(random);
        // Frames and observers follow.
        await sleep(30);
        moments.push({ time: Date.now(), dom: describe(document) });
        await sleep(5);
      }
      api.stop();
      return { moments, rrd: await api.bytes() };
    },
    { changes, describe: DESCRIBE, count, seed },
  );
}
