// Rerun's own query engine and the typed rows of this SDK read the same values from a tree that was logged on Node.
import { openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";
import { nativeQuery } from "./queries/random-query.ts";

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const Grasp = rr.defineArchetype(
  "my.Grasp",
  { force: "Float32", corners: rr.components.Position3D, name: "Utf8", relation: rr.components.TransformRelation },
  { required: ["force"] },
);
const tree = rr.defineTree({
  "robot 1": { [rr.entity]: rr.Transform3D, joints: { [rr.any]: rr.Scalars }, grasp: Grasp },
});

test("Rerun reads what a tree logs, custom archetypes too, with the values of typed rows", async (context) => {
  needRerun(context);
  const file = outputFile("typed-reading.rrd");
  const recording = new rr.RecordingStream("typed", { strict: true, logTime: false });
  await recording.save(file);
  for (let frame = 0; frame < 4; frame++) {
    const robot = tree.on(recording.at({ frame }))["robot 1"];
    robot.log(new rr.Transform3D({ translation: [frame, 0.5, -1] }));
    robot.joints.child("ü/x").log(new rr.Scalars(Array.from({ length: frame }, (_, at) => at / 2)));
    const corners = [
      [1, 2, 3],
      [4, 5, frame],
    ] as const;
    if (frame > 1) robot.grasp.log(new Grasp({ force: frame / 4, corners, name: "cup", relation: "ChildFromParent" }));
  }
  expect(await recording.close()).toMatchObject({ complete: true });

  const [answer] = await runPython<Answer[]>("query_answers.py", [{ file, query: nativeQuery({ index: "frame" }) }]);
  const cell = (row: readonly unknown[], name: string): unknown => {
    expect(answer?.columns).toContain(name);
    return row[answer?.columns.indexOf(name) ?? -1];
  };
  const path = "/robot\\ 1";
  const expected = answer?.rows.map((row) => ({
    time: Number(cell(row, "frame")),
    translation: cell(row, `${path}:Transform3D:translation`),
    joint: cell(row, `${path}/joints/ü\\/x:Scalars:scalars`),
    force: cell(row, `${path}/grasp:my.Grasp:force`),
    corners: cell(row, `${path}/grasp:my.Grasp:corners`),
    name: cell(row, `${path}/grasp:my.Grasp:name`),
    relation: cell(row, `${path}/grasp:my.Grasp:relation`),
  }));
  const opened = await openRrd(file);
  const rows: unknown[] = [];
  for await (const { time, values } of opened.recording().rows(tree, { index: "frame", time: Number })) {
    const { [rr.entity]: pose, joints, grasp } = values["robot 1"];
    const { force, corners, name } = grasp;
    const relation = grasp.relation?.map((each) => rr.components.TransformRelation.values[each]) ?? null;
    rows.push({ time, translation: pose.translation, joint: joints["ü/x"]?.scalars, force, corners, name, relation });
  }
  await opened.close();
  expect(rows).toHaveLength(4);
  expect(rows).toEqual(expected);
});
