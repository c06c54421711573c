import { expect, test } from "@playwright/test";
import { ensureRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { startNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import { servePages } from "./serve.ts";

test("a page controls a native viewer", async ({ page }) => {
  const rerun = await ensureRerun();
  if ("missing" in rerun || !hasVulkan()) {
    const reason = "rerun-sdk or a Vulkan driver is not there";
    test.skip(process.env["CI"] !== "true", reason);
    throw new Error(reason);
  }
  const [viewer, pages] = await Promise.all([startNativeViewer(rerun), servePages()]);
  try {
    await page.goto(`${pages.url}tests/e2e/pages/control.html`);
    await page.waitForFunction(() => "control" in window);
    const result = await page.evaluate((url) => window.control(url), viewer.url);
    // The viewer hides the status of a failed call from pages of other origins, and with it the reason.
    expect(result).toEqual({
      opened: ["Recording:other:sent"],
      version: "0.41.0",
      time: "7",
      width: 200,
      missing: "SERVER",
    });
  } finally {
    await viewer.close();
    await pages.close();
  }
});
