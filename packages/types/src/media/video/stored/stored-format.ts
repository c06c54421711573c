/** The size of a video, and its sample entry in an MP4 file. */
export interface StoredEntry {
  /** The box with the configuration of the codec. */
  readonly box: Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The form that frames of one codec have in an MP4 file. The configuration is found in the frames. */
export interface StoredFormat {
  /**
   * Converts a frame, the first one a key frame. Returns its bytes in pieces.
   *
   * @throws {RerunError} `INVALID_FORMAT` if the frame is damaged, `UNSUPPORTED` if the configuration changes
   */
  convert(sample: Uint8Array, isKeyframe: boolean): readonly Uint8Array[];
  /** The sample entry, after the first frame. */
  entry(): StoredEntry;
}
