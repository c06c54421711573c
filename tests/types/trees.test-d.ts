// Trees of entities and typed rows. The test is that this file compiles; a comment marks the lines that must not
// compile.
import type * as reading from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";

const Grasp = rr.defineArchetype(
  "my.Grasp",
  { force: "Float32", pose: rr.components.Translation3D, label: "Utf8", mode: rr.components.TransformRelation },
  { required: ["force"] },
);

const tree = rr.defineTree({
  robot: {
    [rr.entity]: [rr.Transform3D, rr.TransformAxes3D],
    pose: rr.Transform3D,
    joints: { [rr.any]: rr.Scalars },
    gripper: Grasp,
    log: rr.TextLog,
  },
  imu: rr.Scalars,
});

/** Logging. */
export function log(rec: rr.RecordingStream): void {
  const { robot, imu } = tree.on(rec.at({ frame: 1 }));
  robot.pose.log(new rr.Transform3D({ translation: [0, 0, 1] }));
  robot.pose.log(rr.Transform3D.fromFields({ scale: 2 }), { static: true });
  robot.pose.log(rr.Clear.flat());
  robot.log([new rr.Transform3D(), new rr.TransformAxes3D(1)]);
  robot.joints.child("elbow").log(new rr.Scalars(0.5));
  robot.child("log").log(new rr.TextLog("ready"));
  robot.gripper.log(new Grasp({ force: 3, pose: [0, 0, 1], mode: "ChildFromParent" }));
  robot.gripper.log(Grasp.fromFields({ label: "cup" }));
  imu.sendColumns(rr.TimeColumn.sequence("frame", [1, 2]), rr.Scalars.columns({ scalars: [1, 2] }).partition(1));
  const path: rr.EntityPath = imu.path;
  console.log(path);
  // @ts-expect-error another archetype
  robot.pose.log(new rr.Points3D([0, 0, 0]));
  // @ts-expect-error an update of another archetype
  robot.pose.log(rr.Points3D.fromFields({ radii: 1 }));
  // @ts-expect-error columns of another archetype
  imu.sendColumns([], rr.Points3D.columns({ radii: [1] }));
  // @ts-expect-error no such entity
  robot.arm.log(new rr.Scalars(1));
  // @ts-expect-error no such entity
  robot.child("arm");
  // @ts-expect-error an entity without data
  robot.joints.log(new rr.Scalars(1));
  // @ts-expect-error the force is required
  robot.gripper.log(new Grasp({ label: "cup" }));
  // @ts-expect-error a number is not text
  Grasp.fromFields({ label: 1 });
  // @ts-expect-error no such field
  Grasp.columns({ weight: [1] });
  // @ts-expect-error no field of that name can be required
  rr.defineArchetype("my.Other", { a: "Int32" }, { required: ["b"] });
  // @ts-expect-error a number is not an archetype
  rr.defineTree({ robot: 1 });
}

/** Rows in the shape of the tree. */
export async function readTree(recording: reading.RecordingReader): Promise<void> {
  for await (const { time, values } of recording.rows(tree.robot, { index: "frame", time: Number, instance: 0 })) {
    const frame: number = time;
    const translation: readonly [number, number, number] | null = values.pose.translation;
    const relation: rr.components.TransformRelation | null = values.pose.relation;
    const length: number | null = values[rr.entity][1].axisLength;
    const elbow: number | null | undefined = values.joints["elbow"]?.scalars;
    const force: number | null = values.gripper.force;
    const label: string | null = values.gripper.label;
    const grip: readonly [number, number, number] | null = values.gripper.pose;
    console.log(frame, translation, relation, length, elbow, force, label, grip);
    // @ts-expect-error no such field
    console.log(values.pose.color);
    // @ts-expect-error no such entity
    console.log(values.arm);
  }
  for await (const { time, values } of recording.rows(tree.imu, { index: "frame" })) {
    const frame: bigint = time;
    const all: readonly number[] | null = values.scalars;
    console.log(frame, all);
  }
  for await (const { time } of recording.rows(tree.imu, { index: null })) {
    const none: null = time;
    console.log(none);
  }
  // @ts-expect-error a path is not an entity of a tree
  recording.rows("/imu", { index: "frame" });
  // @ts-expect-error no form of times
  recording.rows(tree.imu, { index: "frame", time: String });
}

/** Chosen columns. */
export async function readColumns(recording: reading.RecordingReader): Promise<void> {
  const query = recording.query({ index: "frame" });
  const choices = {
    frame: ["frame", Number],
    at: ["log_time", Date],
    accel: ["/imu", rr.Scalars.scalars],
    first: [tree.imu, rr.Scalars.scalars, 0],
    places: [["a b", 1], rr.Points3D.positions],
    format: ["/camera", rr.Image.format, 0],
    bytes: ["/camera", rr.Image.buffer, 0],
    mode: [tree.robot.gripper, Grasp.mode, 0],
  } as const;
  for await (const row of query.rows(choices)) {
    const frame: number = row.frame;
    const at: Date | null = row.at;
    const accel: readonly number[] | null = row.accel;
    const first: number | null = row.first;
    const places: readonly (readonly [number, number, number])[] | null = row.places;
    const width: number | undefined = row.format?.width;
    const bytes: Uint8Array | null = row.bytes;
    const mode: rr.components.TransformRelation | null = row.mode;
    console.log(frame, at, accel, first, places, width, bytes, mode);
    // @ts-expect-error no such column
    console.log(row.speed);
  }
  const { accel, frame } = await query.toColumns({ frame: ["frame", BigInt], accel: ["/imu", rr.Scalars.scalars, 0] });
  const numbers: Float64Array = accel.toFloat64Array();
  const times: BigInt64Array = frame.toBigInt64Array();
  const cells: (number | null)[] = accel.toArray();
  const one: bigint = frame.get(0);
  console.log(numbers, times, cells, one);
  // @ts-expect-error the entity has no such field in the tree
  query.rows({ color: [tree.imu, rr.Points3D.colors] });
  // @ts-expect-error no field of an archetype
  query.rows({ accel: ["/imu", "Scalars:scalars"] });
  // @ts-expect-error no such field
  query.rows({ accel: ["/imu", rr.Scalars.speed] });
}

/** Options that are only known at run time. */
export async function readAny(recording: reading.RecordingReader, options: reading.TreeRowsOptions): Promise<void> {
  for await (const { time, values } of recording.rows(tree.imu, options)) {
    const at: number | bigint | Date | null = time;
    const scalars: number | readonly number[] | null = values.scalars;
    console.log(at, scalars);
    // @ts-expect-error the form of the time is not known
    const frame: bigint = time;
    // @ts-expect-error there may be a list
    const scalar: number | null = values.scalars;
    console.log(frame, scalar);
  }
}

/** An archetype with names that classes have already. */
export function takenNames(): void {
  const Odd = rr.defineArchetype("my.Odd", { name: "Utf8", columns: "Int32", call: "Bool", x: rr.components.Scalar });
  const fields: readonly rr.types.TypedField<unknown>[] = [Odd.nameField, Odd.columnsField, Odd.callField, Odd.x];
  console.log(fields, Odd.columns({ columns: [1], name: ["a"] }), new Odd());
}

/** Conditions. */
export function conditions(recording: reading.RecordingReader, filterOf: typeof reading.col): void {
  const fast = filterOf(["/imu", rr.Scalars.scalars, 0]).gt(1.5);
  const early = filterOf(["at", Date]).lt(new Date());
  const mode = filterOf([tree.robot.gripper, Grasp.mode, 0]).eq("ChildFromParent");
  const far = filterOf([tree.robot.pose, rr.Transform3D.translation, 0]).matches(([x, , z]) => x > z);
  const index: string = "frame";
  recording.query({ index, where: fast.and(early).or(mode.not()).and(far) });
  // @ts-expect-error a number is not text
  filterOf(["/imu", rr.Scalars.scalars, 0]).eq("fast");
  // @ts-expect-error vectors have no order
  filterOf([tree.robot.pose, rr.Transform3D.translation, 0]).lt([0, 0, 0]);
  // @ts-expect-error no such mode
  filterOf([tree.robot.gripper, Grasp.mode, 0]).eq("Parent");
  // @ts-expect-error the entity has no such field in the tree
  filterOf([tree.imu, rr.Points3D.colors, 0]);
  // @ts-expect-error no condition
  recording.query({ index, where: true });
}
