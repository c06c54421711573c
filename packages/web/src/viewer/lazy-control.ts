import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import type { WebViewerLike } from "./web-viewer-like.ts";

/** The control of a viewer in the page, whose code is loaded by its first call. */
export function lazyControl(viewer: WebViewerLike): ViewerControl {
  let loading: Promise<ViewerControl> | undefined;
  const load = async (): Promise<ViewerControl> => {
    const { controlWebViewer } = await import("./control-web-viewer.ts");
    return controlWebViewer(viewer);
  };
  // All methods return promises. `then` is missing, so that the control is not a promise itself.
  return new Proxy({ url: "this page" } as ViewerControl, {
    get(target, name) {
      if (name in target || typeof name === "symbol" || name === "then") return Reflect.get(target, name) as unknown;
      return async (...args: unknown[]) => {
        const control = await (loading ??= load());
        return (control[name as keyof ViewerControl] as (...all: unknown[]) => unknown).apply(control, args);
      };
    },
  });
}
