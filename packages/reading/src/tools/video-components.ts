// Apart from the code that reads frames, because that needs the module of all archetypes.

/** The component that has the frames of a video. */
export const SAMPLE = "VideoStream:sample";
export const CODEC = "VideoStream:codec";
export const IS_KEYFRAME = "VideoStream:is_keyframe";
