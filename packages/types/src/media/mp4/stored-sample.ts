/** Place and times of a frame in a file. */
export interface StoredSample {
  readonly offset: number;
  readonly size: number;
  /** The presentation time, in units of the track. */
  readonly time: number;
  readonly isKeyframe: boolean;
}
