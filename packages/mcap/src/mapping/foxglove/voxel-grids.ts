import type { StructColumn } from "../../columns/nested-columns.ts";
import { Offsets } from "@rerun-ts/core/encode";
import { component, instanceLists, numberData, vectorData } from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { bytesAt, numberList } from "../message-fields.ts";
import type { MappedRows, ReportLoss } from "../mapping.ts";
import { poseComponents, vectorComponent } from "./foxglove-rows.ts";
import { packedColors, packedFields } from "./packed-fields.ts";

/** The voxels of one message. */
interface Voxels {
  readonly indices: Int32Array;
  readonly colors: readonly number[] | undefined;
}

/** `foxglove.VoxelGrid`. */
export function mapVoxelGrids(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const grids = readGrids(messages, report);
  const [indexEnds, colorEnds] = [new Offsets(), new Offsets()];
  for (const { indices, colors } of grids) {
    indexEnds.push((indexEnds.values[indexEnds.length] as number) + indices.length / 3);
    colorEnds.push((colorEnds.values[colorEnds.length] as number) + (colors?.length ?? 0));
  }
  const indices = new Int32Array((indexEnds.values[grids.length] as number) * 3);
  for (const [row, grid] of grids.entries()) indices.set(grid.indices, (indexEnds.values[row] as number) * 3);
  const packed = numberData(
    "uint32",
    grids.flatMap(({ colors }) => colors ?? []),
  );
  const hasColors = (row: number): boolean => grids[row]?.colors !== undefined;
  return [
    {
      components: [
        component("VoxelGridMap:voxel_indices", "VoxelIndex", instanceLists(indexEnds.values, vectorData(indices, 3))),
        ...vectorComponent(messages, "cell_size", ["x", "y", "z"], ["VoxelGridMap:voxel_size", "VoxelSize"]),
        ...(grids.some(({ colors }) => colors !== undefined)
          ? [component("VoxelGridMap:colors", "Color", instanceLists(colorEnds.values, packed, hasColors))]
          : []),
        ...poseComponents(messages, "pose", "VoxelGridMap"),
        coordinateFrames(messages),
      ],
    },
  ];
}

/** The voxels of each message. One whose sizes are wrong has none, and is reported. */
function readGrids(messages: StructColumn, report: ReportLoss): Voxels[] {
  const fields = packedFields(messages, report);
  const of = (name: string): number[] => numberList(messages, name);
  const [rowCounts, columnCounts] = [of("row_count"), of("column_count")];
  const [slices, lines, cells] = [of("slice_stride"), of("row_stride"), of("cell_stride")];
  const { offsets, bytes } = bytesAt(messages, "data");
  return fields.map((own, row): Voxels => {
    const data = bytes.subarray(offsets[row], offsets[row + 1]);
    const [rows, columns] = [rowCounts[row] as number, columnCounts[row] as number];
    const [slice, line, cell] = [slices[row] as number, lines[row] as number, cells[row] as number];
    const depth = slice > 0 ? depthOf(data.byteLength, slice, (rows - 1) * line + columns * cell) : 0;
    // More voxels than bytes are not a grid.
    if (rows * columns * depth <= data.byteLength)
      return voxelsOf({ data, rows, columns, depth, slice, line, cell }, own);
    report(row, `the voxel grid has ${rows * columns * depth} voxels, but ${data.byteLength} bytes`);
    return { indices: new Int32Array(0), colors: undefined };
  });
}

/** The number of slices. The last one may lack its padding. */
function depthOf(bytes: number, slice: number, used: number): number {
  const padded = Math.floor(bytes / slice);
  return used > 0 && used < slice && bytes - padded * slice >= used ? padded + 1 : padded;
}

/** The bytes of a grid, with the numbers of its voxels and their distances in bytes. */
interface PackedGrid {
  readonly data: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly slice: number;
  readonly line: number;
  readonly cell: number;
}

function voxelsOf(
  { data, rows, columns, depth, slice, line, cell }: PackedGrid,
  fields: Parameters<typeof packedColors>[1],
): Voxels {
  const indices = new Int32Array(rows * columns * depth * 3);
  const colors: number[] = [];
  let at = 0;
  let hasColors = true;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) indices.set([x, y, z], at++ * 3);
      const start = z * slice + y * line;
      const points = { data: data.subarray(start), stride: cell, count: columns, isLittle: true };
      const found = packedColors(points, fields);
      hasColors &&= found !== undefined;
      for (const color of found ?? []) colors.push(color);
    }
  }
  return { indices, colors: hasColors ? colors : undefined };
}
