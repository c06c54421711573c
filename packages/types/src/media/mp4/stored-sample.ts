/** Place and times of a frame in a file. */
export interface StoredSample {
  readonly offset: number;
  readonly size: number;
  /** The presentation time, in units of the track. */
  readonly time: number;
  /** The time of decoding, in the same units. Never before that of the previous frame. */
  readonly decodeTime: number;
  readonly isKeyframe: boolean;
}
