import { splitWidget } from "../../packages/node/src/web-viewer/split-widget.ts";
import { describe, expect, it } from "vitest";

/** A bundle as small as possible in the shape of the widget. */
const HEADER = "var __name = (target) => target;\n\n";
const BINDINGS = `// ../rerun_js/web-viewer/re_viewer.js
var re_viewer_exports = { get default() { return re_viewer_default; } };
function re_viewer_default() {
  class WebHandle {
    answer = 42;
  }
  return new WebHandle();
}
var init_re_viewer = () => __name(re_viewer_default);

`;
const INDEX = `// ../rerun_js/web-viewer/index.js
var ViewerControlError = class extends Error {};
var url = new URL("./re_viewer_bg.wasm", import.meta.url);
var WebViewer = class {
  async answer() {
    return (await Promise.resolve().then(() => (init_re_viewer(), re_viewer_exports))).default().answer;
  }
};
var LogChannel = class {};

`;
const WIDGET = "// src/js/widget.ts\nexport { widget_default as default };\n";

describe("the modules of the widget of rerun-notebook", () => {
  it("are those of the npm package, and work together", async () => {
    const { index, bindings } = splitWidget(HEADER + BINDINGS + INDEX + WIDGET);
    const address = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
    const source = index
      .replace('"./re_viewer.js"', JSON.stringify(address(bindings)))
      // A module without an address of its own.
      .replace("import.meta.url", '"file:///"');
    const { WebViewer, LogChannel, ViewerControlError } = (await import(/* @vite-ignore */ address(source))) as Record<
      string,
      new () => { answer(): Promise<number> }
    >;
    expect([typeof LogChannel, typeof ViewerControlError]).toEqual(["function", "function"]);
    expect(WebViewer && (await new WebViewer().answer())).toBe(42);
  });

  it.for([
    ["a part is missing", HEADER + INDEX + WIDGET, "re_viewer.js"],
    ["a part is there twice", HEADER + BINDINGS + INDEX + INDEX + WIDGET, "index.js"],
    ["the order is another one", HEADER + INDEX + BINDINGS + WIDGET, "usual order"],
    ["the class has another name", HEADER + BINDINGS + INDEX.replace("WebViewer", "Viewer") + WIDGET, "var WebViewer"],
  ] as const)("are refused if %s", ([, widget, missing]) => {
    expect(() => splitWidget(widget)).toThrow(missing);
  });
});
