import type { MemoryRecording } from "@rerun-ts/core";
import { RecordingStream } from "@rerun-ts/web";
import { followScene, logScene } from "@rerun-ts/three";
import * as THREE from "three";
import { Line2 } from "three/examples/jsm/lines/Line2.js";
import { LineGeometry } from "three/examples/jsm/lines/LineGeometry.js";
import { LineMaterial } from "three/examples/jsm/lines/LineMaterial.js";
import { LineSegments2 } from "three/examples/jsm/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/examples/jsm/lines/LineSegmentsGeometry.js";
import { beforeEach, describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

describe("scenes of three.js", () => {
  let rec: RecordingStream;
  let memory: MemoryRecording;
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    rec = new RecordingStream("three", {
      sendProperties: false,
      onWarning: ({ message }) => warnings.push(message),
    });
    memory = rec.memoryRecording();
  });

  /** The rows since the last call: entity → component → its values. */
  function logged(): Record<string, Record<string, unknown[]>> {
    const rows: Record<string, Record<string, unknown[]>> = {};
    for (const { entityPath, components } of readChunks(memory.drainAsBytes()))
      for (const [name, values] of Object.entries(components)) (rows[entityPath] ??= {})[name] = [...values];
    expect(warnings).toEqual([]);
    return rows;
  }

  /** The first row of a component, which must be there. */
  function firstOf(rows: ReturnType<typeof logged>, entity: string, component: string): unknown {
    const row = rows[entity]?.[component]?.[0];
    if (row === undefined) throw new Error(`nothing of ${component} was logged to ${entity}`);
    return row;
  }

  it("a scene becomes entities by its names, with transforms relative to parents and y up", () => {
    const scene = new THREE.Scene();
    const car = new THREE.Group();
    car.name = "my car";
    car.position.set(1, 2, 3);
    const wheels = [0, 1].map(() => new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial()));
    for (const wheel of wheels) wheel.name = "wheel";
    scene.add(car.add(...wheels), new THREE.Object3D(), new THREE.Object3D());
    logScene(rec, "world", scene);
    const rows = logged();
    expect(Object.keys(rows).sort()).toEqual(
      ["", "/Object3D_1", "/Object3D_2", "/my\\ car", "/my\\ car/wheel", "/my\\ car/wheel_2"].map(
        (path) => `/world${path}`,
      ),
    );
    expect(rows["/world/my\\ car"]?.["Transform3D:translation"]).toEqual([[[1, 2, 3]]]);
    // Right, up, back.
    expect(rows["/world"]?.["ViewCoordinates:xyz"]).toEqual([[[3, 1, 6]]]);
    expect(rows["/world/my\\ car/wheel"]?.["Mesh3D:vertex_positions"]?.[0]).toHaveLength(24);
  });

  it("meshes have the colours of their materials in sRGB, their opacity, and their textures the right way up", () => {
    const canvas = new OffscreenCanvas(1, 2);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.fillStyle = "#ff0000";
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = "#0000ff";
    context.fillRect(0, 1, 1, 1);
    const plain = new THREE.MeshStandardMaterial({ color: "#336699", transparent: true, opacity: 0.5 });
    const textured = new THREE.MeshBasicMaterial({ map: new THREE.CanvasTexture(canvas) });
    logScene(rec, "plain", new THREE.Mesh(new THREE.PlaneGeometry(), plain));
    logScene(rec, "textured", new THREE.Mesh(new THREE.PlaneGeometry(), textured));
    const rows = logged();
    expect(rows["/plain"]?.["Mesh3D:albedo_factor"]).toEqual([[0x33669980]]);
    expect(rows["/textured"]?.["Mesh3D:albedo_texture_format"]?.[0]).toMatchObject([{ width: 1, height: 2 }]);
    // three.js has the coordinate 0 at the bottom, Rerun has it in the first row.
    const [pixels] = firstOf(rows, "/textured", "Mesh3D:albedo_texture_buffer") as [ArrayLike<number>];
    expect(Array.from(pixels)).toEqual([0, 0, 255, 255, 255, 0, 0, 255]);
  });

  it("a mesh with several materials is logged in parts with their triangles", () => {
    const colors = ["red", "lime", "blue", "white", "black", "gray"];
    const materials = colors.map((color) => new THREE.MeshBasicMaterial({ color }));
    logScene(rec, "box", new THREE.Mesh(new THREE.BoxGeometry(), materials));
    const rows = logged();
    expect(rows["/box/part_2"]?.["Mesh3D:albedo_factor"]).toEqual([[0x0000ffff]]);
    const triangles = Array.from(new THREE.BoxGeometry().index?.array.slice(12, 18) ?? []);
    expect(rows["/box/part_2"]?.["Mesh3D:triangle_indices"]).toEqual([[triangles.slice(0, 3), triangles.slice(3)]]);
  });

  it("points, lines, instances, cameras and lights become what Rerun has for them", () => {
    const line = new THREE.BufferGeometry().setFromPoints([0, 1, 2, 3].map((x) => new THREE.Vector3(x, 0, 0)));
    const root = new THREE.Group();
    const add = (name: string, object: THREE.Object3D): void => {
      object.name = name;
      root.add(object);
    };
    add("points", new THREE.Points(line, new THREE.PointsMaterial({ size: 4, color: "red" })));
    add("pixels", new THREE.Points(line, new THREE.PointsMaterial({ size: 4, sizeAttenuation: false })));
    add("line", new THREE.Line(line));
    add("segments", new THREE.LineSegments(line));
    add("loop", new THREE.LineLoop(line));
    const instances = new THREE.InstancedMesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial(), 2);
    instances.setMatrixAt(0, new THREE.Matrix4().makeTranslation(5, 6, 7));
    instances.setMatrixAt(1, new THREE.Matrix4().makeScale(1, 2, 3));
    add("instances", instances);
    const camera = new THREE.PerspectiveCamera(90, 2);
    add("camera", camera.add(new THREE.PointLight("yellow")));
    add("sky", new THREE.AmbientLight());
    logScene(rec, "", root);
    const rows = logged();
    expect(rows["/points"]).toMatchObject({ "Points3D:radii": [[2]], "Points3D:colors": [[0xff0000ff]] });
    expect(rows["/pixels"]?.["Points3D:radii"]).toEqual([[-2]]);
    const strips = (name: string): number[][] =>
      (firstOf(rows, name, "LineStrips3D:strips") as number[][][]).map((strip) => strip.map(([x = -1]) => x));
    expect(strips("/line")).toEqual([[0, 1, 2, 3]]);
    expect(strips("/segments")).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(strips("/loop")).toEqual([[0, 1, 2, 3, 0]]);
    expect(rows["/instances"]?.["InstancePoses3D:translations"]).toEqual([
      [
        [5, 6, 7],
        [0, 0, 0],
      ],
    ]);
    expect(rows["/instances"]?.["InstancePoses3D:mat3x3"]?.[0]).toEqual([
      [1, 0, 0, 0, 1, 0, 0, 0, 1],
      [1, 0, 0, 0, 2, 0, 0, 0, 3],
    ]);
    const [matrix] = firstOf(rows, "/camera/pinhole", "Pinhole:image_from_camera") as [number[]];
    expect(matrix[0]).toBeCloseTo(0.5);
    expect(rows["/camera/pinhole"]).toMatchObject({
      "Pinhole:resolution": [[[2, 1]]],
      "Pinhole:camera_xyz": [[[3, 1, 6]]],
    });
    expect(rows["/camera/PointLight_1"]?.["Points3D:colors"]).toEqual([[0xffff00ff]]);
    expect(Object.keys(rows["/sky"] ?? {}).sort()).toEqual(["Transform3D:mat3x3", "Transform3D:translation"]);
  });

  it("a scene that is followed logs what has changed, and nothing else", () => {
    const scene = new THREE.Scene();
    const box = new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial({ color: "red" }));
    box.name = "box";
    const other = box.clone();
    other.name = "other";
    scene.add(box, other);
    const follower = followScene(rec, "scene", scene);
    logged();
    follower.update();
    expect(logged()).toEqual({});
    box.position.x = 3;
    follower.update({ frame: 7 });
    expect(logged()).toEqual({
      "/scene/box": { "Transform3D:translation": [[[3, 0, 0]]], "Transform3D:mat3x3": [[[1, 0, 0, 0, 1, 0, 0, 0, 1]]] },
    });
    // Both have this material.
    box.material.color.set("lime");
    follower.update();
    const lime = { "Mesh3D:albedo_factor": [[0x00ff00ff]] };
    expect(logged()).toEqual({ "/scene/box": lime, "/scene/other": lime });
    const position = box.geometry.getAttribute("position");
    position.setX(0, 9);
    position.needsUpdate = true;
    follower.update();
    const moved = logged();
    expect(Object.keys(moved)).toEqual(["/scene/box", "/scene/other"]);
    expect(Object.keys(moved["/scene/box"] ?? {})).not.toContain("Transform3D:translation");
    expect((firstOf(moved, "/scene/box", "Mesh3D:vertex_positions") as number[][])[0]?.[0]).toBe(9);
    follower.stop();
    box.position.x = 4;
    follower.update();
    expect(logged()).toEqual({});
  });

  it("in strict mode, objects that move after an error are logged in the next update", () => {
    rec = new RecordingStream("three", { sendProperties: false, strict: true });
    memory = rec.memoryRecording();
    const scene = new THREE.Scene();
    const boxes = ["a", "b", "c"].map((name) => Object.assign(new THREE.Object3D(), { name }));
    const follower = followScene(rec, "scene", scene.add(...boxes));
    logged();
    for (const box of boxes) box.position.x = 3;
    const broken = boxes[1] as THREE.Object3D;
    broken.matrixAutoUpdate = false;
    broken.matrix.elements[3] = 1;
    expect(() => follower.update()).toThrow(/matrix/);
    expect(Object.keys(logged())).toEqual(["/scene/a"]);
    broken.matrixAutoUpdate = true;
    follower.update();
    expect(Object.keys(logged()).sort()).toEqual(["/scene/b", "/scene/c"]);
  });

  it("objects that are removed or hidden are cleared, and logged again when they come back", () => {
    const scene = new THREE.Scene();
    const parent = new THREE.Group();
    parent.name = "parent";
    const child = new THREE.Mesh(new THREE.BoxGeometry());
    child.name = "child";
    scene.add(parent.add(child));
    const follower = followScene(rec, "scene", scene);
    const first = logged();
    const cleared = { "/scene/parent": { "Clear:is_recursive": [[true]] } };
    parent.visible = false;
    follower.update();
    expect(logged()).toEqual(cleared);
    parent.visible = true;
    follower.update();
    const again = logged();
    expect(again["/scene/parent/child"]).toEqual(first["/scene/parent/child"]);
    parent.removeFromParent();
    follower.update();
    expect(logged()).toEqual(cleared);
    // Another object of the same name takes its place; nothing of the first one is left.
    const successor = new THREE.Object3D();
    successor.name = "parent";
    scene.add(successor);
    follower.update();
    expect(Object.keys(logged())).toEqual(["/scene/parent"]);
  });

  it("a mesh that loses its geometry or its materials keeps its transform", () => {
    const mesh = new THREE.Mesh(
      new THREE.BoxGeometry() as THREE.BufferGeometry,
      new THREE.MeshBasicMaterial() as THREE.Material | THREE.Material[],
    );
    mesh.position.x = 1;
    const follower = followScene(rec, "mesh", mesh);
    logged();
    mesh.material = [new THREE.MeshBasicMaterial()];
    follower.update();
    const rows = logged();
    expect(rows["/mesh"]).toMatchObject({ "Transform3D:translation": [null, [[1, 0, 0]]] });
    expect(rows["/mesh"]?.["Clear:is_recursive"]).toContainEqual([false]);
    expect(Object.keys(rows)).toContain("/mesh/part_0");
    mesh.geometry = new THREE.BufferGeometry();
    follower.update();
    expect(logged()["/mesh/part_0"]).toEqual({ "Clear:is_recursive": [[false]] });
  });

  it("instances that move are logged without their mesh", () => {
    const mesh = new THREE.InstancedMesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial(), 1);
    const follower = followScene(rec, "boxes", mesh);
    logged();
    mesh.setMatrixAt(0, new THREE.Matrix4().makeTranslation(1, 1, 1));
    mesh.instanceMatrix.needsUpdate = true;
    follower.update();
    const rows = logged();
    expect(rows["/boxes"]?.["InstancePoses3D:translations"]).toEqual([[[1, 1, 1]]]);
    expect(Object.keys(rows["/boxes"] ?? {})).not.toContain("Mesh3D:vertex_positions");
  });

  it("skinned meshes are logged in their rest pose, and their bones move", () => {
    const geometry = new THREE.BoxGeometry();
    const mesh = new THREE.SkinnedMesh(geometry, new THREE.MeshBasicMaterial());
    const bone = new THREE.Bone();
    bone.name = "elbow";
    mesh.add(bone);
    mesh.bind(new THREE.Skeleton([bone]));
    const follower = followScene(rec, "arm", mesh);
    expect(valuesOf(memory.drainAsBytes(), "/arm", "Mesh3D:vertex_positions")).toHaveLength(1);
    bone.rotation.z = 1;
    follower.update();
    expect(Object.keys(logged())).toEqual(["/arm/elbow"]);
  });

  it("a texture is logged in the size and direction that are asked for, though it was read before", () => {
    const canvas = new OffscreenCanvas(4, 8);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.fillStyle = "#ff0000";
    context.fillRect(0, 0, 4, 4);
    context.fillStyle = "#0000ff";
    context.fillRect(0, 4, 4, 4);
    const map = new THREE.CanvasTexture(canvas);
    const mesh = new THREE.Mesh(new THREE.PlaneGeometry(), new THREE.MeshBasicMaterial({ map }));
    const read = (maxTextureSize?: number): { format: unknown; first: unknown } => {
      logScene(rec, "plane", mesh, { maxTextureSize });
      const rows = logged();
      const [pixels] = firstOf(rows, "/plane", "Mesh3D:albedo_texture_buffer") as [ArrayLike<number>];
      const [format] = firstOf(rows, "/plane", "Mesh3D:albedo_texture_format") as [unknown];
      return { format, first: Array.from(pixels).slice(0, 3) };
    };
    expect(read(2)).toMatchObject({ format: { width: 1, height: 2 }, first: [0, 0, 255] });
    expect(read()).toMatchObject({ format: { width: 4, height: 8 }, first: [0, 0, 255] });
    map.flipY = false;
    expect(read()).toMatchObject({ format: { width: 4, height: 8 }, first: [255, 0, 0] });
  });

  it("a texture whose image loads after it was logged is logged then", async () => {
    const canvas = document.createElement("canvas");
    const image = new Image(canvas.width, canvas.height);
    const map = new THREE.Texture(image);
    map.needsUpdate = true;
    image.src = canvas.toDataURL();
    const mesh = new THREE.Mesh(new THREE.PlaneGeometry(), new THREE.MeshBasicMaterial({ map }));
    const follower = followScene(rec, "plane", mesh);
    expect(Object.keys(logged()["/plane"] ?? {})).not.toContain("Mesh3D:albedo_texture_buffer");
    await image.decode();
    follower.update();
    expect(Object.keys(logged()["/plane"] ?? {})).toContain("Mesh3D:albedo_texture_buffer");
    follower.update();
    expect(logged()).toEqual({});
  });

  it("a mesh that is drawn again without an index, normals, texture coordinates, colours or a texture has none", () => {
    const canvas = new OffscreenCanvas(1, 1);
    canvas.getContext("2d");
    const rich = new THREE.BoxGeometry() as THREE.BufferGeometry;
    rich.setAttribute("color", new THREE.Float32BufferAttribute(new Float32Array(72).fill(1), 3));
    const map = new THREE.CanvasTexture(canvas);
    const mesh = new THREE.Mesh(rich, new THREE.MeshBasicMaterial({ vertexColors: true, map }));
    const follower = followScene(rec, "mesh", mesh);
    const optional = [
      "triangle_indices",
      "vertex_normals",
      "vertex_texcoords",
      "vertex_colors",
      "albedo_texture_buffer",
    ];
    const before = logged()["/mesh"] ?? {};
    for (const name of optional) expect(before[`Mesh3D:${name}`]?.[0], name).not.toEqual([]);
    const bare = new THREE.BufferGeometry();
    bare.setAttribute("position", new THREE.Float32BufferAttribute([0, 0, 0, 1, 0, 0, 0, 1, 0], 3));
    mesh.geometry = bare;
    mesh.material = new THREE.MeshBasicMaterial({ map: null });
    follower.update();
    const after = logged()["/mesh"] ?? {};
    expect(Object.fromEntries(optional.map((name) => [name, after[`Mesh3D:${name}`]]))).toEqual(
      Object.fromEntries(optional.map((name) => [name, [[]]])),
    );
  });

  it("wide lines become strips with their width", () => {
    const points = [0, 0, 0, 1, 0, 0, 2, 0, 0];
    const line = new LineGeometry().setPositions(points);
    const root = new THREE.Group();
    root.add(new Line2(line, new LineMaterial({ color: "red", linewidth: 4 })));
    const segments = new LineSegmentsGeometry().setPositions([0, 0, 0, 1, 0, 0, 5, 0, 0, 6, 0, 0]);
    root.add(new LineSegments2(segments, new LineMaterial({ linewidth: 2, worldUnits: true })));
    logScene(rec, "", root);
    const rows = logged();
    expect(rows["/Line2_1"]).toMatchObject({
      "LineStrips3D:strips": [
        [
          [
            [0, 0, 0],
            [1, 0, 0],
            [2, 0, 0],
          ],
        ],
      ],
      "LineStrips3D:colors": [[0xff0000ff]],
      "LineStrips3D:radii": [[-2]],
    });
    expect(rows["/LineSegments2_1"]).toMatchObject({
      "LineStrips3D:strips": [
        [
          [
            [0, 0, 0],
            [1, 0, 0],
          ],
          [
            [5, 0, 0],
            [6, 0, 0],
          ],
        ],
      ],
      "LineStrips3D:radii": [[1]],
    });
    expect(Object.keys(rows["/Line2_1"] ?? {})).not.toContain("Mesh3D:vertex_positions");
  });

  it("a drawn range without triangles draws nothing", () => {
    const mesh = new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial());
    const follower = followScene(rec, "box", mesh);
    logged();
    mesh.geometry.setDrawRange(0, 0);
    follower.update();
    expect(logged()["/box"]).toMatchObject({ "Clear:is_recursive": expect.arrayContaining([[false]]) });
    logScene(rec, "other", mesh);
    expect(Object.keys(logged()["/other"] ?? {})).not.toContain("Mesh3D:vertex_positions");
  });

  it("what is marked as changed in each frame is logged only if it has changed", () => {
    const points = new THREE.BufferGeometry().setFromPoints([new THREE.Vector3(1, 2, 3), new THREE.Vector3()]);
    const cloud = new THREE.Points(points, new THREE.PointsMaterial());
    const boxes = new THREE.InstancedMesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial(), 3);
    const root = new THREE.Group().add(cloud, boxes);
    const follower = followScene(rec, "root", root);
    logged();
    const position = points.getAttribute("position");
    for (let frame = 0; frame < 3; frame++) {
      position.needsUpdate = true;
      boxes.instanceMatrix.needsUpdate = true;
      follower.update();
    }
    expect(logged()).toEqual({});
    position.setY(1, 7);
    position.needsUpdate = true;
    boxes.setMatrixAt(2, new THREE.Matrix4().makeTranslation(1, 0, 0));
    boxes.instanceMatrix.needsUpdate = true;
    follower.update();
    expect(Object.keys(logged()).sort()).toEqual(["/root/Mesh_1", "/root/Points_1"]);
  });

  it("objects and textures without a counterpart are left out with one warning each", () => {
    const pixels = new THREE.DataTexture(new Float32Array(4), 1, 1, THREE.RGBAFormat, THREE.FloatType);
    const half = new THREE.DataTexture(new Uint16Array(4), 1, 1, THREE.RGBAFormat, THREE.HalfFloatType);
    const red = new THREE.DataTexture(new Uint8Array(4), 2, 2, THREE.RedFormat);
    const { texture } = new THREE.WebGLRenderTarget(2, 2);
    const root = new THREE.Group();
    for (const map of [pixels, half, red, texture]) {
      map.needsUpdate = true;
      root.add(new THREE.Mesh(new THREE.PlaneGeometry(), new THREE.MeshBasicMaterial({ map })));
    }
    const batched = new THREE.BatchedMesh(2, 100, 100, new THREE.MeshBasicMaterial());
    batched.addInstance(batched.addGeometry(new THREE.BoxGeometry()));
    const instanced = new THREE.InstancedBufferGeometry();
    instanced.setAttribute("position", new THREE.Float32BufferAttribute([0, 0, 0, 1, 0, 0, 0, 1, 0], 3));
    root.add(batched, new THREE.Mesh(instanced));
    const follower = followScene(rec, "root", root);
    follower.update();
    expect(warnings.sort()).toEqual([
      "followScene: a `BatchedMesh` is left out; log its parts as `InstancedMesh` or `Mesh`",
      "followScene: a mesh with an `InstancedBufferGeometry` is left out; use `InstancedMesh`",
      "followScene: a texture of Float32Array is left out, because only bytes with four channels are read",
      "followScene: a texture of Uint16Array is left out, because only bytes with four channels are read",
      "followScene: a texture of Uint8Array is left out, because only bytes with four channels are read",
      "followScene: the texture of a render target is left out",
    ]);
    warnings = [];
    const rows = logged();
    expect(Object.keys(rows["/root/Mesh_1"] ?? {})).toContain("Mesh3D:vertex_positions");
    expect(Object.keys(rows["/root/Mesh_5"] ?? {})).not.toContain("Mesh3D:vertex_positions");
  });

  it("what cannot be read is left out, and wrong arguments are named", () => {
    const pending = new THREE.MeshBasicMaterial({ map: new THREE.Texture(new Image()) });
    logScene(rec, "pending", new THREE.Mesh(new THREE.BoxGeometry(), pending));
    logScene(rec, "empty", new THREE.Mesh(new THREE.BufferGeometry()));
    const sparse = [null, undefined, new THREE.MeshBasicMaterial()] as THREE.Material[];
    logScene(rec, "sparse", new THREE.Mesh(new THREE.BoxGeometry(), sparse));
    const rows = logged();
    expect(Object.keys(rows).filter((path) => path.startsWith("/sparse/"))).toEqual(["/sparse/part_2"]);
    expect(Object.keys(rows["/pending"] ?? {})).not.toContain("Mesh3D:albedo_texture_buffer");
    expect(Object.keys(rows["/empty"] ?? {})).toEqual(expect.arrayContaining(["Transform3D:translation"]));
    const object = new THREE.Object3D();
    expect(() => logScene(rec, "a", {} as never)).toThrow(
      "`object` must be an Object3D of three.js, got an empty object",
    );
    expect(() => logScene(rec, 3 as never, object)).toThrow(/`path` must be an entity path/);
    expect(() => followScene(rec, "a", object, { maxTextureSize: 0 })).toThrow(/`maxTextureSize` must be a number/);
    expect(() => followScene(rec, "a", object, { statik: true } as never)).toThrow(/`statik` is not an option/);
    expect(() => logScene(rec, "a", object, null as never)).toThrow("`options` must be an object, got null");
    expect(() => logScene(undefined as never, "a", object)).toThrow("`recording` must be a recording, got undefined");
  });
});
