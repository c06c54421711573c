// Tests use this module before the packages are built, so it imports none of them.

/** The modules of the npm package `@rerun-io/web-viewer`. */
export interface ViewerModules {
  /** `index.js`, with the class `WebViewer`. */
  readonly index: string;
  /** `re_viewer.js`, the bindings of its WebAssembly. */
  readonly bindings: string;
}

/** The comments with which esbuild begins the modules of a bundle. */
const PARTS = [
  "// ../rerun_js/web-viewer/re_viewer.js\n",
  "// ../rerun_js/web-viewer/index.js\n",
  "// src/js/widget.ts\n",
];
/** Definitions that each part must have: another shape would fail later, and without a reason. */
const [IN_BINDINGS, IN_INDEX] = [
  ["function re_viewer_default() {", "class WebHandle {"],
  ["var WebViewer = class {", "var LogChannel = class {", "init_re_viewer(), re_viewer_exports", "import.meta.url"],
];

/**
 * Splits the program of Rerun's widget for notebooks, a bundle, into its original modules.
 *
 * @throws if the bundle has another shape than in Rerun 0.41
 */
export function splitWidget(widget: string): ViewerModules {
  const starts = PARTS.map((comment) => {
    const at = widget.indexOf(comment);
    if (at < 0 || widget.includes(comment, at + 1)) throw unexpected(`one line ${JSON.stringify(comment)}`);
    return at;
  });
  const [first = 0, second = 0, third = 0] = starts;
  if (!(first < second && second < third)) throw unexpected("its modules in the usual order");
  const header = widget.slice(0, first);
  const [bindings, index] = [widget.slice(first, second), widget.slice(second, third)];
  for (const [part, needed] of [
    [bindings, IN_BINDINGS],
    [index, IN_INDEX],
  ] as const) {
    for (const text of needed) if (!part.includes(text)) throw unexpected(JSON.stringify(text));
  }
  return {
    // The bundle evaluates the bindings at their first use; a module evaluates them at its import.
    index: `import * as re_viewer_exports from "./re_viewer.js";\nconst init_re_viewer = () => {};\n${header}${index}\nexport { LogChannel, ViewerControlError, WebViewer };\n`,
    bindings: `${header}${bindings}\nexport default re_viewer_default;\n`,
  };
}

function unexpected(expected: string): Error {
  return new Error(`the widget of rerun-notebook has another shape than expected: it must have ${expected}`);
}
