// What the page logs. It does not depend on the page, so a program on Node can log the same.
import * as rr from "@rerun-ts/web";

/** A point that is drawn and logged. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly color: string;
}

const DOTS = 100;

/** A rotating spiral. */
export function cloudAt(frame: number): Dot[] {
  return Array.from({ length: DOTS }, (_, dot) => {
    const angle = dot * 0.3 + frame * 0.02;
    const radius = 0.2 + dot * 0.02;
    return {
      x: radius * Math.cos(angle),
      y: radius * Math.sin(angle),
      z: dot / DOTS,
      color: `hsl(${(dot * 360) / DOTS}, 80%, 60%)`,
    };
  });
}

/** Logs what is needed once. */
export function logStart(rec: rr.types.RecordingView): void {
  rec.log("log", new rr.TextLog("the page has started", { level: "INFO" }), { static: true });
}

/** Logs one frame. */
export function logFrame(rec: rr.types.RecordingView, frame: number): void {
  const dots = cloudAt(frame);
  const at = rec.at({ frame, animation: { duration: frame / 60 } });
  at.log("spiral", new rr.Points3D(dots, { colors: dots.map(({ color }) => color), radii: 0.03 }));
  at.log(["spiral", "first x & y"], new rr.Scalars([dots[0]?.x ?? 0, dots[0]?.y ?? 0]));
}
