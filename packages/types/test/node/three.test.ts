import { RecordingStream, type RecordingOptions } from "@rerun-ts/core";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { Mesh3D, Points3D } from "@rerun-ts/types";
import * as THREE from "three";
import { describe, expect, it } from "vitest";

/** What is logged of an archetype, by component. */
function logged(data: Mesh3D | Points3D, options: RecordingOptions = { strict: true }): (component: string) => unknown {
  const recording = new RecordingStream("three", options);
  const memory = recording.memoryRecording();
  recording.log("mesh", data);
  const rrd = memory.drainAsBytes();
  return (component) => valuesOf(rrd, "/mesh", component)[0];
}

/** A triangle with an attribute. */
function triangle(
  name: string,
  attribute: THREE.BufferAttribute | THREE.InterleavedBufferAttribute,
): THREE.BufferGeometry {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute([0, 0, 0, 1, 0, 0, 0, 1, 0], 3));
  return geometry.setAttribute(name, attribute);
}

describe("Mesh3D.fromGeometry takes a geometry of three.js", () => {
  it("with positions, normals, texture coordinates and triangles", () => {
    const box = new THREE.BoxGeometry();
    const read = logged(Mesh3D.fromGeometry(box));
    expect(read("Mesh3D:vertex_positions")).toHaveLength(24);
    expect((read("Mesh3D:vertex_positions") as number[][])[0]).toEqual([0.5, 0.5, 0.5]);
    expect(read("Mesh3D:triangle_indices")).toHaveLength(12);
    expect((read("Mesh3D:vertex_normals") as number[][])[0]).toEqual([1, 0, 0]);
    expect((read("Mesh3D:vertex_texcoords") as number[][])[1]).toEqual([1, 1]);
  });

  it("whose attributes are interleaved", () => {
    const geometry = new THREE.BufferGeometry();
    const buffer = new THREE.InterleavedBuffer(new Float32Array([1, 2, 3, 9, 9, 4, 5, 6, 9, 9, 7, 8, 9, 9, 9]), 5);
    geometry.setAttribute("position", new THREE.InterleavedBufferAttribute(buffer, 3, 0));
    expect(logged(Mesh3D.fromGeometry(geometry))("Mesh3D:vertex_positions")).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  it("whose attributes are integers that stand for fractions", () => {
    const normal = new THREE.BufferAttribute(new Int8Array([0, 0, 127, 0, 0, 127, 0, -127, 0]), 3, true);
    expect(logged(Mesh3D.fromGeometry(triangle("normal", normal)))("Mesh3D:vertex_normals")).toEqual([
      [0, 0, 1],
      [0, 0, 1],
      [0, -1, 0],
    ]);
  });

  it("whose attributes are 16-bit floats", () => {
    const position = new THREE.Float16BufferAttribute(9, 3);
    for (const [vertex, [x, y, z]] of [
      [0, 0, 0],
      [1, 0, 0],
      [0, 0.5, -2],
    ].entries())
      position.setXYZ(vertex, x as number, y as number, z as number);
    const geometry = new THREE.BufferGeometry().setAttribute("position", position);
    expect(logged(Mesh3D.fromGeometry(geometry))("Mesh3D:vertex_positions")).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 0.5, -2],
    ]);
  });

  it("with colours of vertices, which are in linear light", () => {
    const colors = [new THREE.Color("red"), new THREE.Color("#808080"), new THREE.Color("#00ff40")];
    const color = new THREE.Float32BufferAttribute(
      colors.flatMap((each) => each.toArray()),
      3,
    );
    expect(logged(Mesh3D.fromGeometry(triangle("color", color)))("Mesh3D:vertex_colors")).toEqual([
      0xff0000ff, 0x808080ff, 0x00ff40ff,
    ]);
  });

  it("and names the attribute that is missing or has the wrong size", () => {
    const problems = (geometry: THREE.BufferGeometry): string[] => {
      const warnings: string[] = [];
      const recording = new RecordingStream("three", { onWarning: ({ message }) => warnings.push(message) });
      recording.log("mesh", Mesh3D.fromGeometry(geometry));
      return warnings;
    };
    expect(problems(new THREE.BufferGeometry())).toEqual([
      expect.stringMatching(/^`Mesh3D.geometry.position` at `\/mesh` must be .*, got undefined; nothing was logged$/),
    ]);
    const flat = new THREE.Float32BufferAttribute([1, 0, 1, 0, 1, 0], 2);
    expect(problems(triangle("normal", flat))).toEqual([
      expect.stringMatching(/^`Mesh3D.geometry.normal` at `\/mesh` must be .*3 numbers per vertex, got 2; nothing/),
    ]);
  });
});

it("a THREE.Color has the colour that three.js shows", () => {
  const read = logged(new Points3D([0, 0, 0], { colors: [new THREE.Color("#336699")] }));
  expect(read("Points3D:colors")).toEqual([0x336699ff]);
});
