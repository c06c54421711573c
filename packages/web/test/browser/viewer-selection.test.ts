import { expect, it } from "vitest";
import { controlWebViewer } from "../../dist/viewer/control-web-viewer.js";
import { FakeViewer } from "./fake-viewer.ts";

it("selection() returns what a viewer in the page answers, if it has a method for that", async () => {
  const answer = { items: [{ kind: "entity", entity_path: "/a" }] };
  const viewer = Object.assign(new FakeViewer().start(), { get_selection: () => Promise.resolve(answer) });
  expect(await controlWebViewer(viewer).selection()).toEqual(answer);
});

it("selection() rejects with the version of a viewer without such a method", async () => {
  const state = { location: "", recordings: [], views: [], loading: [], servers: [], viewer_version: "0.41.0" };
  const viewer = Object.assign(new FakeViewer().start(), { get_state: () => Promise.resolve(state) });
  await expect(controlWebViewer(viewer).selection()).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringContaining("the viewer in this page has the version 0.41.0") as string,
  });
});
