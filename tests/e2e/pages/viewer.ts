// Shows its own recording in the real viewer, in the same page.
import type { WebViewer } from "@rerun-io/web-viewer";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";

const problems: string[] = [];
const onWarning = ({ message }: rr.RerunError): void => void problems.push(message);
const rec = new rr.RecordingStream("in_page", { recordingId: "in-page", onWarning });
let opened: rr.viewer.OpenedWebViewer<WebViewer> | undefined;
const events: string[] = [];

const chart = { contents: [] as string[], background: "black" };
const layout = new rrb.Blueprint(new rrb.TimeSeriesView(chart), { collapsePanels: true });

const page = {
  events,
  problems,
  /** @param background of a layout that is the default blueprint; none without it */
  async open(background?: string, others: object = {}) {
    if (background !== undefined) chart.background = background;
    opened = await rr.viewer.openWebViewer<WebViewer>({
      element: document.querySelector("#viewer") as HTMLElement,
      recording: rec,
      renderBackend: "webgl",
      panels: { blueprint: "hidden", selection: "hidden", time: "hidden", top: "hidden" },
      defaultBlueprint: background === undefined ? undefined : layout,
      ...others,
    });
    opened.viewer.on("recording_open", ({ application_id, recording_id }) =>
      events.push(`open ${application_id} ${recording_id}`),
    );
  },
  stop: () => opened?.stop(),
  async start() {
    await opened?.viewer.start(null, document.querySelector("#viewer"), {
      width: "100%",
      height: "100%",
      render_backend: "webgl",
      hide_welcome_screen: true,
    });
    for (const panel of ["blueprint", "selection", "time", "top"] as const)
      opened?.viewer.override_panel_state(panel, "hidden");
  },
  /** Logs an image of one colour. */
  logColor(color: readonly [number, number, number], options?: rr.types.LogOptions) {
    const [width, height] = [320, 200];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => color[index % 3] as number);
    rec.log("picture", new rr.Image({ data, width, height }), options);
  },
  logFrames(from: number, to: number) {
    for (let frame = from; frame < to; frame++) {
      rec.setTime("frame", frame);
      rec.log("wave", new rr.Scalars(Math.sin(frame / 10)));
    }
  },
  /** Sends the layout: a chart alone, on a background of this colour. */
  layOut(background: string) {
    chart.background = background;
    rec.sendBlueprint(layout);
  },
  flush: (timeoutMs: number) => rec.flush({ timeoutMs }),
  stats: () => rec.stats(),
  timelines: () => {
    const { viewer } = opened ?? {};
    return {
      recording: viewer?.get_active_recording_id(),
      range: viewer?.get_time_range("in-page", "frame"),
      hasLogTime: viewer?.get_time_range("in-page", "log_time") !== null,
    };
  },
};

declare global {
  interface Window {
    inPage: typeof page;
  }
}
window.inPage = page;
