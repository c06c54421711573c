// Apart from the code that reads frames, because that needs the module of all archetypes.

/** The component that has the frames of a video. */
export const SAMPLE = "VideoStream:sample";
export const CODEC = "VideoStream:codec";
export const IS_KEYFRAME = "VideoStream:is_keyframe";
/** The component that has the file of a video. */
export const BLOB = "AssetVideo:blob";
/** The component that has the times within the file that are shown. */
export const SHOWN_TIME = "VideoFrameReference:timestamp";
