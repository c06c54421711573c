import { blueprint as rrb, connectBlueprint, downloadBlueprint } from "@rerun-ts/web";
import { decodeRrd } from "@rerun-ts/core/decode";
import { expect, it, vi } from "vitest";

const view = new rrb.TextLogView({ name: "log" });

it("`downloadBlueprint` lets the browser save a complete file", async () => {
  const links: HTMLAnchorElement[] = [];
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    links.push(this);
  });
  downloadBlueprint(view, "my app");
  click.mockRestore();
  const [link] = links;
  expect(link?.download).toBe("my app.rbl");
  const bytes = new Uint8Array(await (await fetch(link?.href ?? "")).arrayBuffer());
  const kinds = decodeRrd(bytes).map((message) =>
    message.kind === "end" ? "end" : `${message.storeId.kind} ${message.kind}`,
  );
  expect([...new Set(kinds)]).toEqual(["blueprint storeInfo", "blueprint chunk", "blueprint activation", "end"]);
});

it("`connectBlueprint` rejects with TIMEOUT if there is no viewer", async () => {
  // Nothing listens on the discard port, which browsers do not even try.
  const sent = connectBlueprint(view, "my app", { url: "rerun+http://127.0.0.1:9/proxy", timeoutMs: 200 });
  await expect(sent).rejects.toMatchObject({ code: "TIMEOUT" });
});
