/** Files that Rerun and this SDK log differently, and why. */
export interface KnownDifference {
  /** The files, by their names in the packages. */
  readonly files: RegExp;
  readonly reason: string;
  /** What differs: nothing else may. By default Rerun logs nothing of the file. */
  readonly differs?: RegExp;
}

/** All known differences. The test fails for one that is no more. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    files: /\/(?:ur3e|ur5e|robotiq_2f_85)\.urdf$/,
    reason: "Rerun refuses the prefix of a namespace that the file does not declare",
  },
  {
    files: /\/(?:d435|zed2i|zedm|mounting_plate_\w+|magneto_fingertip|schunk_egk40(?:_magneto)?)\.urdf$/,
    reason: "Rerun refuses an `<inertial>` without `<inertia>`",
  },
  {
    files: /\/(?:icub|icub_reduced|romeo_laas_small)\.urdf$/,
    reason: "Rerun refuses a `<texture>` without a file",
  },
  {
    files: /\/(?:baxter|quadruped)\.urdf$/,
    reason: "Rerun rounds transparent colours more coarsely",
    differs: /'(?:Ellipsoids3D:colors|Asset3D:albedo_factor)'\): \d+ of \d+ values/,
  },
  {
    files: /\/(?:un)?compressed\.mcap$/,
    reason: "Rerun does not read messages of ROS 1",
    differs:
      /McapMessage:data'\): 0 values instead of|(?:message|Mcap\w+:\w+|Transform3D:\w+|TextLog:\w+)'\): \d+ values instead of 0/,
  },
  {
    files: /\/(?:chunk_not_closed|zstd_chunk_with_padding)\.mcap$/,
    reason: "Rerun logs nothing of a damaged file, and this SDK what comes before the damage, with a warning",
  },
];
