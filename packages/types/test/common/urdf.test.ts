import { RecordingStream, type MemoryRecording } from "@rerun-ts/core";
import { loadUrdf, type UrdfTree } from "@rerun-ts/types";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { beforeEach, describe, expect, it } from "vitest";

const link = (name: string, inner = ""): string => `<link name="${name}">${inner}</link>`;
const joint = (name: string, type: string, parent: string, child: string, inner = ""): string =>
  `<joint name="${name}" type="${type}"><parent link="${parent}"/><child link="${child}"/>${inner}</joint>`;
const robotOf = (...parts: string[]): string => `<robot name="arm">${parts.join("")}</robot>`;
const mesh = (filename: string): string => `<visual><geometry><mesh filename="${filename}"/></geometry></visual>`;

const sphere = (radius: string): string => `<visual><geometry><sphere radius="${radius}"/></geometry></visual>`;

const ARM = robotOf(
  link("base"),
  link("upper"),
  link("hand"),
  link("finger"),
  joint("shoulder", "revolute", "base", "upper", '<axis xyz="0 0 2"/><limit lower="-1" upper="1"/>'),
  joint("slide", "prismatic", "upper", "hand", '<axis xyz="0 0 1"/><limit lower="0" upper="0.5"/>'),
  joint("grip", "continuous", "hand", "finger", '<mimic joint="slide" multiplier="2" offset="0.1"/>'),
);

describe("a robot", () => {
  let rec: RecordingStream;
  let memory: MemoryRecording;
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    rec = new RecordingStream("urdf", { sendProperties: false, onWarning: ({ message }) => warnings.push(message) });
    memory = rec.memoryRecording();
  });

  it("moves its joints and those that mimic them, within their limits", async () => {
    const robot = await loadUrdf(ARM);
    await robot.log(rec, "world");
    memory.drainAsBytes();
    robot.setJoints({ shoulder: 3, slide: 0.2 }, { time: { frame: 7 } });
    robot.setJoints({ shoulder: 2 }, { time: { frame: 8 } });
    const rrd = memory.drainAsBytes();
    expect(valuesOf(rrd, "/tf", "Transform3D:child_frame").flat()).toEqual(["upper", "hand", "finger", "upper"]);
    const quaternions = valuesOf(rrd, "/tf", "Transform3D:quaternion").flat() as number[][];
    // The axis has the length 2, which does not change the angle: it is 1, the limit.
    expect(quaternions[0]?.[2]).toBeCloseTo(Math.sin(0.5));
    expect(quaternions[0]?.[3]).toBeCloseTo(Math.cos(0.5));
    expect((valuesOf(rrd, "/tf", "Transform3D:translation").flat() as number[][])[1]?.[2]).toBeCloseTo(0.2);
    expect(quaternions[2]?.[0]).toBeCloseTo(Math.sin((2 * 0.2 + 0.1) / 2));
    expect(readChunks(rrd).flatMap(({ times }) => times["frame"])).toEqual([7n, 7n, 7n, 8n]);
    expect(warnings).toEqual(['values of the joint "shoulder" are limited to -1 to 1']);
    robot.setJoints({ shoulder: 3 }, { clamp: false });
    const [unclamped] = valuesOf(memory.drainAsBytes(), "/tf", "Transform3D:quaternion").flat() as number[][];
    expect(unclamped?.[2]).toBeCloseTo(Math.sin(1.5));
  });

  it.for<[what: string, set: (robot: UrdfTree) => void, message: RegExp]>([
    [
      "a slip in a name",
      (robot) => robot.setJoints({ slide: 0, sholder: 1 }),
      /`values`.*`sholder` \(did you mean `shoulder`\?\)/,
    ],
    [
      "a joint that there is not",
      (robot) => robot.setJoints({ wheels: 1 }),
      /`values`.*the unknown joint `wheels`; joints: shoulder, slide, grip/,
    ],
    [
      "NaN",
      (robot) => robot.setJoints({ slide: 0, shoulder: Number.NaN }),
      /`values.shoulder`.*a finite number, in radians, got NaN/,
    ],
    [
      "an infinity",
      (robot) => robot.setJoints({ slide: Infinity }),
      /`values.slide`.*a finite number, in metres, got Infinity/,
    ],
    ["null", (robot) => robot.setJoints({ shoulder: null as never }), /`values.shoulder`.*got null/],
    ["undefined", (robot) => robot.setJoints({ shoulder: undefined as never }), /`values.shoulder`.*got undefined/],
    ["a string", (robot) => robot.setJoints({ shoulder: "0.5" as never }), /`values.shoulder`.*got "0.5"/],
    ["a bigint", (robot) => robot.setJoints({ slide: 1n as never }), /`values.slide`.*got 1n/],
    [
      "a joint with several values",
      (robot) => robot.setJoints({ slide: 0, free: 1 }),
      /`values.free`.*a joint that is floating/,
    ],
    ["a map", (robot) => robot.setJoints(new Map([["slide", 1]]) as never), /`values`.*an object of joints.*got Map/],
    ["no values", (robot) => robot.setJoints(null as never), /`values`.*an object of joints.*got null/],
    ["an unknown option", (robot) => robot.setJoints({ slide: 0 }, { times: {} } as never), /`options`.*got `times`/],
    ["no options", (robot) => robot.setJoints({ slide: 0 }, null as never), /`options`.*got null/],
    [
      "a wrong option",
      (robot) => robot.setJoints({ slide: 0 }, { clamp: "no" as never }),
      /`clamp`.*true or false, got "no"/,
    ],
    ["a wrong time", (robot) => robot.setJoints({ slide: 0 }, { time: { frame: "1" as never } }), /`frame`.*got "1"/],
  ])("reports %s once, and moves no joint; a strict recording throws it", async ([, set, message]) => {
    const robot = await loadUrdf(
      ARM.replace("</robot>", `${link("x")}${joint("free", "floating", "base", "x")}</robot>`),
    );
    await robot.log(rec);
    memory.drainAsBytes();
    set(robot);
    set(robot);
    expect(warnings).toEqual([expect.stringMatching(message)]);
    rec.setStrictMode(true);
    expect(() => set(robot)).toThrow(
      expect.objectContaining({ code: "INVALID_DATA", message: expect.stringMatching(message) as string }) as Error,
    );
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("cannot be moved before it is logged", async () => {
    const robot = await loadUrdf(ARM);
    expect(() => robot.setJoints({ shoulder: 1 })).toThrow(/`setJoints` was called before `log`/);
  });

  it("names the argument that is wrong", async () => {
    await expect(loadUrdf(ARM, null as never)).rejects.toThrow("`options` must be an object, got null");
    await expect(loadUrdf(ARM, "x" as never)).rejects.toThrow('`options` must be an object, got "x"');
    await expect(loadUrdf(ARM, { framePrefix: 3 as never })).rejects.toThrow("`framePrefix` must be a string, got 3");
    await expect(loadUrdf(ARM, { resolveMesh: 3 as never })).rejects.toThrow("`resolveMesh` must be a function, got 3");
    const robot = await loadUrdf(ARM);
    await expect(robot.log(undefined as never)).rejects.toThrow("`recording` must be a RecordingStream, got undefined");
    await expect(robot.log(rec, 3 as never)).rejects.toThrow("`path` must be an entity path");
    await expect(robot.log(rec, "/", null as never)).rejects.toThrow("`options` must be an object, got null");
    expect(() => robot.joints[0]?.computePose(Number.NaN)).toThrow(
      "`shoulder` must be a finite number, in radians, got NaN",
    );
  });

  it("gets its meshes from the resolver, and is logged without those that are missing", async () => {
    const parts = ["a.stl", "b.obj", "c.glb", "d.dae"].map(mesh).join("");
    const resolveMesh = (name: string): Uint8Array | Promise<Blob> | undefined => {
      if (name === "a.stl") return new TextEncoder().encode("solid a");
      if (name === "b.obj") return Promise.resolve(new Blob(["v 0 0 0"]));
      if (name === "c.glb") throw new Error("no network");
      return undefined;
    };
    await (await loadUrdf(robotOf(link("base", parts)), { resolveMesh })).log(rec);
    const rrd = memory.drainAsBytes();
    const typeOf = (index: number): unknown[] =>
      valuesOf(rrd, `/arm/visual_geometries/base/visual_${index}`, "Asset3D:media_type").filter(Boolean);
    expect([0, 1, 2, 3].map(typeOf)).toEqual([[["model/stl"]], [["model/obj"]], [], []]);
    expect(warnings).toEqual([
      expect.stringMatching(/visual_2 is logged without its mesh: no network/),
      expect.stringMatching(/visual_3 is logged without its mesh: d.dae was not found/),
    ]);
  });

  it.for([
    ["what is no XML", "<robot", /is not a valid URDF/],
    ["an entity of its own", '<!DOCTYPE r [<!ENTITY x "y">]><robot name="&x;"><link name="a"/></robot>', /entity/i],
    ["no link", robotOf(), /no link is the root/],
    ["several roots", robotOf(link("a"), link("b")), /several links are roots: a, b/],
    [
      "a circle of joints",
      robotOf(link("a"), link("b"), joint("j", "fixed", "a", "b"), joint("k", "fixed", "b", "a")),
      /no link is the root/,
    ],
    ["an unknown link", robotOf(link("a"), joint("j", "fixed", "a", "b")), /"j" refers to the unknown link "b"/],
    [
      "an unknown type",
      robotOf(link("a"), link("b"), joint("j", "loose", "a", "b")),
      /type of the joint "j" must be one of revolute/,
    ],
    [
      "a size of two numbers",
      robotOf(link("a", '<visual><geometry><box size="1 2"/></geometry></visual>')),
      /`size` of <box> must be 3 numbers, got "1 2"/,
    ],
    ["hexadecimal numbers", robotOf(link("a", sphere("0x10"))), /`radius` of <sphere> must be a number, got "0x10"/],
    ["no number", robotOf(link("a", sphere(" "))), /`radius` of <sphere> must be a number, got " "/],
    [
      "a link without a name",
      robotOf(link("")),
      /^the file is not a valid URDF: a <link> must have a non-empty `name`$/,
    ],
    ["no geometry", robotOf(link("a", "<visual/>")), /a <visual> must have a <geometry>/],
    ["deep nesting", `<robot>${"<a>".repeat(200_000)}`, /is not a valid URDF/],
  ] as const)("with %s is rejected", async ([, xml, message]) => {
    await expect(loadUrdf(xml)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_FORMAT", message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it("is read whatever the prefixes of namespaces", async () => {
    const robot = await loadUrdf(
      `<u:robot xmlns:u="x" name="arm"><u:link name="a"><u:visual><u:geometry><u:cylinder radius=" +.5 " length="1e0"/>
      </u:geometry></u:visual></u:link></u:robot>`,
    );
    await robot.log(rec);
    const rrd = memory.drainAsBytes();
    expect(valuesOf(rrd, "/arm/visual_geometries/a/visual_0", "Cylinders3D:radii").filter(Boolean)).toEqual([[0.5]]);
  });

  it("with a long chain of links, and with joints that form a ring below the root, is logged", async () => {
    const count = 20_000;
    const links = Array.from({ length: count }, (_, at) => link(`l${at}`));
    const joints = links.slice(1).map((_, at) => joint(`j${at}`, "fixed", `l${at}`, `l${at + 1}`));
    const ring = [joint("r", "fixed", "l5", "l3"), joint("s", "fixed", "l3", "l3")];
    await (await loadUrdf(robotOf(...links, ...joints, ...ring))).log(rec);
    const frames = valuesOf(memory.drainAsBytes(), "/tf_static", "Transform3D:child_frame");
    expect(frames).toHaveLength(count + 1);
  });
});
