import { startBrowser } from "@rerun-ts/test-support/setup/browsers";
import { mkdtempSync } from "node:fs";
const b = await startBrowser("Firefox ESR", { profile: mkdtempSync("/tmp/replay74-ff-") });
try {
  await b.open("file:///tmp/replay74-problem.html");
  const q = async (e: string) => console.log(await b.call(`async () => ${e}`));
  await new Promise((r) => setTimeout(r, 12000));
  await q(`(document.querySelector("rerun-replay")?.page?.body?.innerHTML ?? "none").slice(0, 1500)`);
  await q(
    `document.querySelector("rerun-replay").shadowRoot.querySelector("output").textContent + document.querySelector("rerun-replay").shadowRoot.querySelector("p").textContent`,
  );
  await q(
    `{ const r = document.querySelector("rerun-replay"); window.errs = []; addEventListener("unhandledrejection", (e) => errs.push(String(e.reason) + e.reason?.stack)); await r.setTime(1796033998326000000n); return r.page.querySelector("h1").textContent + String(r.time) + errs.join(); }`,
  );
  await q(
    `{ const r = document.querySelector("rerun-replay"); await r.setTime(0n); const a = r.page.querySelector("h1").textContent; await r.setTime(1796033998400000000n); return a + "|" + r.page.querySelector("h1").textContent + String(r.time) + r.page.querySelector("#status").textContent; }`,
  );
} finally {
  await b.close();
}
