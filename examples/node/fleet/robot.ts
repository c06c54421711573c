import * as rr from "@rerun-ts/node";

/** The steps of a round. */
export const ROUND = 60;

/** A place on the floor of a hall. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a robot is at a step of its round: on an ellipse of its own. */
export function placeOf(robot: number, step: number): Place {
  const angle = 2 * Math.PI * (step / ROUND + robot / 20);
  const [column, row] = [robot % 5, Math.floor(robot / 5)];
  return { x: 10 * column + 4 * Math.cos(angle), y: 8 * row + (2 + (robot % 3)) * Math.sin(angle) };
}

/** Logs what a robot knows at a step: its place, what its laser sees, and its battery. */
export function logStep(rec: rr.RecordingStream, robot: number, step: number): void {
  const { x, y } = placeOf(robot, step);
  rec.setTime("step", step);
  rec.log("robot", new rr.Transform3D({ translation: [x, y, 0] }));
  const hits = Array.from({ length: 90 }, (_, ray): rr.types.Vec3Like => {
    const angle = (ray / 90) * 2 * Math.PI;
    const distance = 1.5 + 0.3 * Math.sin(angle * (2 + (robot % 4)) + step / 10);
    return [distance * Math.cos(angle), distance * Math.sin(angle), 0];
  });
  rec.log("robot/laser", new rr.Points3D(hits, { radii: 0.05 }));
  rec.log("place", new rr.Points2D([[x, y]]));
  rec.log("battery", new rr.Scalars(100 - step * (0.3 + (robot % 7) / 20)));
}
