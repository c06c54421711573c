/** The moment of an example's image: a time on a timeline of sequence numbers. */
export interface GalleryTime {
  readonly timeline: string;
  readonly sequence: number;
}

/** An example for Node in docs/gallery.md. */
export interface GalleryExample extends GalleryTime {
  readonly example: string;
  /** The classes of the views that the viewer chooses for it. */
  readonly views: readonly string[];
}

/** An example for browsers. */
export interface GalleryPage {
  readonly example: string;
  /**
   * A time, or an entity: then the image shows the time of the entity's middle row on `log_time`. Without this option,
   * the image shows the time that the page shows.
   */
  readonly time?: GalleryTime | string;
}

/** The examples for Node, each at the time at which there is most to see. */
export const GALLERY: readonly GalleryExample[] = [
  { example: "point-cloud", timeline: "frame", sequence: 22, views: ["3D", "TimeSeries"] },
  { example: "camera", timeline: "frame", sequence: 34, views: ["2D", "2D", "3D"] },
  { example: "video", timeline: "frame", sequence: 7, views: ["2D", "2D", "2D", "3D"] },
  { example: "robot-arm", timeline: "frame", sequence: 70, views: ["3D", "TimeSeries"] },
  { example: "urdf", timeline: "frame", sequence: 40, views: ["3D", "TimeSeries"] },
  {
    example: "charts",
    timeline: "minute",
    sequence: 200,
    views: ["BarChart", "StateTimeline", "TimeSeries", "TimeSeries"],
  },
  { example: "map", timeline: "frame", sequence: 75, views: ["Map", "TimeSeries"] },
  { example: "graph", timeline: "start", sequence: 20, views: ["Graph"] },
  { example: "tensor", timeline: "frame", sequence: 25, views: ["Tensor"] },
  { example: "annotations", timeline: "frame", sequence: 34, views: ["2D"] },
  { example: "telemetry", timeline: "log_time", sequence: 17672256210e8, views: ["StateTimeline", "TextLog"] },
  { example: "text", timeline: "minute", sequence: 45, views: ["TextDocument", "TextLog"] },
];

/** The examples for browsers. */
export const PAGE_GALLERY: readonly GalleryPage[] = [
  { example: "minimal", time: { timeline: "frame", sequence: 145 } },
  { example: "mouse", time: { timeline: "move", sequence: 100 } },
  { example: "canvas", time: { timeline: "frame", sequence: 15 } },
  { example: "worker", time: { timeline: "step", sequence: 25 } },
  { example: "webcam", time: { timeline: "frame", sequence: 20 } },
  { example: "game", time: { timeline: "frame", sequence: 20 } },
  { example: "workers", time: { timeline: "step", sequence: 25 } },
  { example: "sensors", time: "/pointer" },
  { example: "offline", time: "/pointer" },
  { example: "recorder", time: "/pointer" },
  { example: "report-a-problem" },
  { example: "points", time: { timeline: "frame", sequence: 80 } },
  { example: "viewer" },
  { example: "inspect" },
  { example: "catalog" },
  { example: "mcap" },
  { example: "query" },
  { example: "react" },
  { example: "pick" },
  { example: "arm" },
  { example: "three", time: { timeline: "frame", sequence: 45 } },
];
