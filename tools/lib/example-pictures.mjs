/**
 * The examples of docs/gallery.md: when there is most to see, and which kinds of views the viewer chooses for them.
 * @type {{ example: string, timeline: string, sequence: number, views: string[] }[]}
 */
export const GALLERY = [
  { example: "point-cloud", timeline: "frame", sequence: 22, views: ["3D", "TimeSeries"] },
  { example: "camera", timeline: "frame", sequence: 34, views: ["2D", "2D", "3D"] },
  { example: "video", timeline: "frame", sequence: 7, views: ["2D", "2D", "2D", "3D"] },
  { example: "robot-arm", timeline: "frame", sequence: 70, views: ["3D", "TimeSeries"] },
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
  { example: "text", timeline: "minute", sequence: 45, views: ["TextDocument", "TextLog"] },
];

/**
 * The examples for browsers; one without a time shows the viewer itself.
 * @type {{ example: string, timeline?: string, sequence?: number }[]}
 */
export const PAGE_GALLERY = [
  { example: "minimal", timeline: "frame", sequence: 145 },
  { example: "mouse", timeline: "move", sequence: 100 },
  { example: "canvas", timeline: "frame", sequence: 15 },
  { example: "worker", timeline: "step", sequence: 25 },
  { example: "points", timeline: "frame", sequence: 80 },
  { example: "viewer" },
];
