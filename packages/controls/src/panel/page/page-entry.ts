// The script of the page that `openControls` serves: the viewer and the panel. Bundled into dist/page.
import { messageOf } from "@rerun-ts/core/checks";
import { defineRerunControls } from "../element/rerun-controls-element.ts";
import { setText } from "../element/make-element.ts";
import { takeTokens } from "../own-token.ts";
import { showViewer } from "./show-viewer.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

// Before the panel, which then finds the token in the history.
const { read } = takeTokens();
const query = new URLSearchParams(location.search);
document.querySelector("rerun-controls")?.setAttribute("url", onThisHost(query.get("relay") ?? "/ws"));
defineRerunControls();

const viewer = document.querySelector<HTMLElement>("#viewer");
const status = document.querySelector<HTMLElement>("#status");
const shown = query.getAll("url").map(onThisHost);
if (viewer !== null && status !== null)
  showViewer(viewer, shown, read).then(
    () => setText(status, ""),
    (error: unknown) => setText(status, `No viewer: ${messageOf(error)}`),
  );

/** The address of a program: from another machine, such as a phone, it has the host of the page. */
function onThisHost(url: string): string {
  const [, scheme = "", host = "", rest = ""] = /^([\w+]+:\/\/)(\[[^\]]*\]|[^/:]*)(.*)$/.exec(url) ?? [];
  return LOOPBACK.test(host) && !LOOPBACK.test(location.hostname) ? scheme + location.hostname + rest : url;
}
