import { RerunViewer, useLog, useRecording } from "@rerun-ts/react";
import { createElement, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";

it("pages with React are rendered on a server, without a recording and with an empty element for the viewer", () => {
  const recordings: unknown[] = [];
  function Page(): ReactElement {
    const recording = useRecording("page", { setup: (given) => recordings.push(given) });
    useLog(recording, "a", () => {
      throw new Error("nothing is logged on a server");
    });
    recordings.push(recording);
    return createElement(RerunViewer, { recording, className: "viewer", style: { height: 400 } });
  }
  expect(renderToString(createElement(Page))).toBe('<div class="viewer" style="height:400px"></div>');
  expect(recordings).toEqual([undefined]);
});
