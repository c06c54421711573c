/**
 * What is measured. Each number is how many calls the programs in peers/ make: in a full run, in a quick one, and in
 * the check that all of them write the same values.
 * @typedef {{ name: string, title: string, calls: { full: number, quick: number, check: number } }} Workload
 */

/** @type {readonly Workload[]} */
export const WORKLOADS = [
  { name: "w1", title: "Scalars, one entity", calls: { full: 1_000_000, quick: 600_000, check: 5000 } },
  { name: "w2", title: "Scalars, 100 entities", calls: { full: 1_000_000, quick: 600_000, check: 5000 } },
  { name: "w3", title: "Points3D of 10 points", calls: { full: 100_000, quick: 100_000, check: 5000 } },
  { name: "w4", title: "Points3D of 100,000 points", calls: { full: 100, quick: 100, check: 6 } },
  { name: "w5a", title: "Image, RGB 640×480", calls: { full: 200, quick: 200, check: 10 } },
  { name: "w6", title: "Transform3D", calls: { full: 100_000, quick: 100_000, check: 5000 } },
  { name: "w7", title: "TextLog of 80 characters", calls: { full: 200_000, quick: 150_000, check: 5000 } },
  { name: "w8b", title: "sendColumns of 100,000 scalars", calls: { full: 100, quick: 100, check: 3 } },
];
