import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

const ROBOT = join(import.meta.dirname, "assets/robot/robot.urdf");
const VALUES: readonly (readonly [joint: string, value: number])[] = [
  ["shoulder", 0.4],
  ["shoulder", 9],
  ["slide", 0.13],
  ["slide", -3],
  ["spin", 10],
  ["fixed", 3],
  ["finger", 0.2],
];

interface Answer {
  readonly name: string;
  readonly root: string;
  readonly joints: readonly unknown[];
  readonly paths: readonly (readonly [link: string, visuals: string[], collisions: string[]])[];
  readonly transforms: readonly (readonly [number[], number[], string, string])[];
}

/** Rerun computes with 32 bits. */
const near = (value: unknown): unknown => (typeof value === "number" ? expect.closeTo(value, 5) : value);

/** Returns the values of each component by its entity, without the cells of rows that lack the component. */
async function valuesIn(file: string): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { entityPath, isStatic, components } of readChunks(await readFile(file))) {
    for (const [name, rows] of Object.entries(components)) {
      const column = `${entityPath} ${isStatic ? "static" : "timed"} ${name}`;
      (found[column] ??= []).push(...rows.filter((row) => row !== null));
    }
  }
  return JSON.parse(JSON.stringify(found)) as Record<string, unknown[]>;
}

function withNearNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNearNumbers);
  if (typeof value !== "object" || value === null) return near(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNearNumbers(each)]));
}

describe("a URDF", () => {
  const file = (name: string): string => outputFile(`urdf.${name}.rrd`);
  let answer: Answer;
  let warnings: string[];

  beforeAll(async () => {
    const packages = outputFile("urdf-packages");
    await mkdir(packages, { recursive: true });
    await symlink(join(ROBOT, ".."), join(packages, "parts")).catch(() => {});
    vi.stubEnv("ROS_PACKAGE_PATH", packages);
    const request = { urdf: ROBOT, packages, static: file("static"), prefixed: file("prefixed"), values: VALUES };
    answer = await runPython<Answer>("log_urdf.py", request);
  });

  async function record(name: string, log: (rec: rr.RecordingStream) => Promise<void>): Promise<string> {
    warnings = [];
    const rec = new rr.RecordingStream("urdf", {
      recordingId: "urdf",
      sendProperties: false,
      onWarning: ({ message }) => warnings.push(message),
    });
    await rec.save(file(name));
    await log(rec);
    await rec.close();
    expect(warnings).toEqual([]);
    return file(name);
  }

  test("is logged by logFileFromPath as by Rerun's importer", async (context) => {
    needRerun(context);
    const ours = await record("ours", (rec) => rec.logFileFromPath(ROBOT, { entityPathPrefix: "world" }));
    const theirs = await valuesIn(file("static"));
    expect(Object.keys(theirs).length).toBeGreaterThan(50);
    expect(await valuesIn(ours)).toEqual(withNearNumbers(theirs));
  });

  test("is logged with prefixes of its frames as by UrdfTree", async (context) => {
    needRerun(context);
    const robot = await rr.files.readUrdf(ROBOT, { framePrefix: "left_", staticTransformEntityPath: "frames" });
    const ours = await record("ours-prefixed", async (rec) => {
      await robot.log(rec);
      for (const name of ["shoulder", "slide", "fixed"]) {
        const columns = robot.getJointByName(name)?.computeTransformColumns([0.1, 0.13, 0.05]) ?? [];
        rec.sendColumns(["columns", name], rr.TimeColumn.sequence("frame", [0, 1, 2]), columns);
      }
    });
    expect(await valuesIn(ours)).toEqual(withNearNumbers(await valuesIn(file("prefixed"))));
  });

  test("has the joints and transforms of UrdfTree", async (context) => {
    needRerun(context);
    const robot = await rr.files.readUrdf(ROBOT, { framePrefix: "left_" });
    expect([robot.name, robot.rootLink]).toEqual([answer.name, answer.root]);
    expect(
      robot.joints.map((joint) => {
        const { name, jointType, axis, originXyz, originRpy, limitLower, limitUpper } = joint;
        return [name, jointType, axis, originXyz, originRpy, limitLower, limitUpper];
      }),
    ).toEqual(withNearNumbers(answer.joints));
    const transforms = VALUES.map(([name, value]) => {
      const joint = robot.getJointByName(name) as rr.files.UrdfJoint;
      const { translation, quaternion } = joint.computePose(joint.clamp(value));
      return [translation, quaternion, joint.frames.parentFrame, joint.frames.childFrame];
    });
    expect(transforms).toEqual(withNearNumbers(answer.transforms));
    const paths = robot.links
      .toSorted()
      .map((link) => [link, robot.getVisualGeometryPaths(link), robot.getCollisionGeometryPaths(link)]);
    expect(paths).toEqual(answer.paths);
    expect(() => robot.getVisualGeometryPaths("bose")).toThrow(/^`link` must be a link of the robot: .*base/);
  });
});
