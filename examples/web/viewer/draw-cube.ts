// Draws the cube with plain WebGL; a library such as three.js would do this for you.
import { COLORS, CORNERS, TRIANGLES } from "./cube.ts";

const VERTEX = `
  attribute vec3 position;
  attribute vec3 color;
  uniform vec4 rotation;
  varying vec3 shade;
  void main() {
    vec3 turned = position + 2.0 * cross(rotation.xyz, cross(rotation.xyz, position) + rotation.w * position);
    shade = color / 255.0;
    gl_Position = vec4(turned.xy * 1.6, -turned.z * 0.2, 4.0 - turned.z);
  }`;
const FRAGMENT = `
  precision mediump float;
  varying vec3 shade;
  void main() { gl_FragColor = vec4(shade, 1.0); }`;

/** Returns a function that draws the cube, rotated by a quaternion. */
export function cubePainter(gl: WebGLRenderingContext, background: readonly [number, number, number]) {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) throw new Error("WebGL is gone");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  for (const [name, values] of [
    ["position", CORNERS],
    ["color", COLORS],
  ] as const) {
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(values.flat()), gl.STATIC_DRAW);
    const attribute = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(attribute);
    gl.vertexAttribPointer(attribute, 3, gl.FLOAT, false, 0, 0);
  }
  const indices = new Uint16Array(TRIANGLES.flat());
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
  const rotation = gl.getUniformLocation(program, "rotation");
  const [red, green, blue] = background;
  gl.clearColor(red / 255, green / 255, blue / 255, 1);
  gl.enable(gl.DEPTH_TEST);
  return (quaternion: readonly [number, number, number, number]): void => {
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.uniform4f(rotation, ...quaternion);
    gl.drawElements(gl.TRIANGLES, indices.length, gl.UNSIGNED_SHORT, 0);
  };
}
