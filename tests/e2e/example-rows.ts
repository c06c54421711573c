import type { ReadChunk } from "@rerun-ts/test-support/common/read-chunks";

/**
 * The minimum of each example that must arrive: rows of a component by entity. It is less than the example logs,
 * because a page that is unloaded may lose data in flight.
 */
export const ROWS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  minimal: { "/spiral Points3D:positions": 100 },
  mouse: {
    "/chart/x SeriesLines:colors": 1,
    "/chart/x Scalars:scalars": 60,
    "/chart/y Scalars:scalars": 60,
    "/speed Scalars:scalars": 50,
    "/field/trail LineStrips2D:strips": 60,
  },
  canvas: { "/canvas EncodedImage:blob": 8, "/canvas/ball Boxes2D:half_sizes": 8 },
  webcam: { "/camera VideoStream:sample": 20, "/camera VideoStream:is_keyframe": 1 },
  game: { "/game VideoStream:sample": 20, "/pointer Points2D:positions": 1 },
  three: {
    "/space ViewCoordinates:xyz": 1,
    "/space/camera Transform3D:translation": 20,
    "/space/camera/pinhole Pinhole:image_from_camera": 1,
    "/space/belt InstancePoses3D:translations": 1,
    "/space/earth\\ orbit/earth Mesh3D:albedo_texture_buffer": 1,
    "/space/earth\\ orbit/path LineStrips3D:strips": 1,
    "/space/sun/light Points3D:positions": 1,
  },
  workers: {
    "/page/step Scalars:scalars": 10,
    "/wave/part0 Points3D:positions": 10,
    "/wave/part1 Points3D:positions": 10,
    "/wave/part2 Points3D:positions": 10,
  },
  sensors: {
    "/pointer Points2D:positions": 100,
    "/place GeoPoints:positions": 1,
    "/phone/motion/acceleration Scalars:scalars": 100,
    "/phone/orientation Transform3D:quaternion": 1,
    "/network TextLog:text": 1,
  },
  query: { "/robots/amber/speed Scalars:scalars": 200, "/robots/coral/speed Scalars:scalars": 60 },
  worker: { "/frame_time Scalars:scalars": 50, "/waves Points3D:positions": 5 },
};

/** The number of rows with a value, by entity and component. */
export function countRows(chunks: readonly ReadChunk[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { entityPath, components } of chunks) {
    for (const [component, rows] of Object.entries(components)) {
      const column = `${entityPath} ${component}`;
      counts.set(column, (counts.get(column) ?? 0) + rows.filter((row) => row !== null).length);
    }
  }
  return counts;
}
