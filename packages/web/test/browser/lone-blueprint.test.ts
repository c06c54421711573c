import { viewer } from "@rerun-ts/web";
import { TimeSeriesView } from "@rerun-ts/web/blueprint";
import { expect, it } from "vitest";

it("a layout for the viewer in the page without a recording is refused, with the remedy", async () => {
  await expect(
    viewer.openWebViewer({ element: document.createElement("div"), defaultBlueprint: new TimeSeriesView() }),
  ).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    argument: "defaultBlueprint",
    message: expect.stringContaining("pass it to `setSinks` with the sink of the viewer") as string,
  });
});
