import { toBinary } from "@bufbuild/protobuf";
import { int64Of, PLAY_STATES, viewerControlService, viewerRequest } from "@rerun-ts/core/viewer-control";
import type { LinkTime } from "@rerun-ts/core";
import type { Handler } from "@rerun-ts/node/web-viewer";

/** The page that the viewer itself has. */
const VIEWER = "/index.html";

/** Serves the viewer in a page that moves its time, because the viewer of Rerun 0.41 ignores the times of links. */
export function serveLinkPage({ timeline, at }: LinkTime): Handler {
  const time = int64Of(at);
  const request = viewerRequest({
    case: "setTimeCursor",
    value: { timeline: { name: timeline }, time: { time }, playState: PLAY_STATES.paused },
  });
  const bytes = toBinary(viewerControlService.method.viewerControl.input, request);
  const page = pageOf({ timeline, time: String(time), request: Buffer.from(bytes).toString("base64") });
  return ({ url = "", method }, response, next) => {
    if (!/^\/(?:\?|$)/.test(url) || method !== "GET") return next();
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page);
  };
}

function pageOf(moment: object): string {
  // Escaped, so that no text of a link can end the script.
  const json = JSON.stringify(moment).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Rerun Viewer</title>
    <style>
      html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; display: block; overflow: hidden; }
    </style>
  </head>
  <body>
    <iframe title="Rerun Viewer" allow="fullscreen"></iframe>
    <script type="module">
      const { timeline, time, request } = ${json};
      const frame = document.querySelector("iframe");
      frame.src = "${VIEWER}" + location.search;

      // Fails until the viewer has started and has the recording.
      async function showTime() {
        const { _handle: handle, _viewer: viewer } = frame.contentWindow;
        if (handle !== undefined)
          await handle.viewer_control(Uint8Array.from(atob(request), (character) => character.charCodeAt(0)));
        else if (viewer.set_time !== undefined)
          await viewer.set_time({ timeline, sequence: BigInt(time), play_state: "paused" });
        else {
          const recording = viewer.get_active_recording_id();
          viewer.set_active_timeline(recording, timeline);
          viewer.set_current_time(recording, timeline, Number(time));
          viewer.set_playing(recording, false);
          if (viewer.get_active_timeline(recording) !== timeline) throw new Error("the recording is not loaded yet");
        }
      }
      for (const end = Date.now() + 120_000; Date.now() < end; ) {
        try {
          await showTime();
          break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    </script>
  </body>
</html>
`;
}
