// A page with React: what its components log, in the viewer below. `createElement` instead of JSX needs no build step.
import * as rr from "@rerun-ts/web";
import { RerunViewer, useLog, useRecording } from "@rerun-ts/react";
import { StrictMode, createElement, useEffect, useState, type ChangeEvent, type ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { layout } from "./layout.ts";

const SAMPLES = 200;
const INTERVAL_MS = 50;

function App(): ReactElement {
  const rec = useRecording("rerun_ts_react", { setup: (recording) => recording.sendBlueprint(layout) });
  const [isOpen, setOpen] = useState(true);
  const [frequency, setFrequency] = useState(3);
  const [time, setTime] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => setTime((previous) => previous + INTERVAL_MS / 1000), INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  useLog(rec, "frequency", () => new rr.Scalars(frequency), [time]);
  useLog(rec, "wave", () => waveOf(frequency, time), [frequency, time]);

  const onChange = ({ target }: ChangeEvent<HTMLInputElement>): void => setFrequency(Number(target.value));
  return createElement(
    "main",
    null,
    createElement("label", null, "Frequency ", slider(frequency, onChange)),
    createElement("button", { onClick: () => setOpen(!isOpen) }, isOpen ? "Close the viewer" : "Open the viewer"),
    createElement("p", { id: "status" }, `${rec?.stats().rows ?? 0} rows logged`),
    isOpen && createElement(RerunViewer, { recording: rec, renderBackend: "webgl", style: { height: 420 } }),
  );
}

function slider(value: number, onChange: (event: ChangeEvent<HTMLInputElement>) => void): ReactElement {
  return createElement("input", { type: "range", min: 1, max: 10, value, onChange });
}

/** A wave that moves, with the colour of its frequency. */
function waveOf(frequency: number, time: number): rr.LineStrips2D {
  const points = Array.from({ length: SAMPLES }, (_, sample): [number, number] => {
    const x = sample / SAMPLES;
    return [4 * x, Math.sin(2 * Math.PI * (frequency * x - time)) / 2];
  });
  return new rr.LineStrips2D([points], { colors: `hsl(${frequency * 30} 90% 60%)`, radii: 0.01 });
}

createRoot(document.querySelector("#app") as HTMLElement).render(createElement(StrictMode, null, createElement(App)));
