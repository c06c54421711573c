import { archetypesIn, bundle, type Bundle } from "@rerun-ts/test-support/packages/bundle";
import { expect, test } from "vitest";

const PAGE =
  'import { Points3D, RecordingStream } from "@rerun-ts/web"; new RecordingStream("a").log("p", new Points3D([1, 2, 3]));';

/** The classes of views in a bundle, by the files that are in it. */
function viewsIn({ modules }: Bundle): string[] {
  const files = modules.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  return files.flatMap((path) => /packages\/blueprint\/dist\/gen\/(.+)\.js$/.exec(path)?.[1] ?? []).sort();
}

test("a page without a layout holds nothing of the package and no archetype of blueprints", async () => {
  const page = await bundle(PAGE);
  const modules = page.modules.filter(({ path, bytes }) => bytes > 0 && path.includes("packages/blueprint/"));
  expect(modules).toEqual([]);
  expect(archetypesIn(page.text).filter((name) => name.includes(".blueprint."))).toEqual([]);
});

test("a page with two kinds of views holds no others, and only their properties", async () => {
  const page = await bundle(`${PAGE}
    import { Horizontal, MapView, TextDocumentView } from "@rerun-ts/web/blueprint";
    export const layout = new Horizontal([new MapView(), new TextDocumentView()]);`);
  expect(viewsIn(page)).toEqual(["map-view", "text-document-view"]);
  const properties = archetypesIn(page.text).filter((name) =>
    /blueprint.*(?:Map|Document|3D|Log|Axis|Force)/.test(name),
  );
  const expected = ["MapBackground", "MapZoom", "TextDocumentFormat"];
  expect(properties.sort()).toEqual(expected.map((name) => `rerun.blueprint.archetypes.${name}`));
});
