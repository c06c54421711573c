// How often two dice show each sum.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("bar_chart");
const counts = Array.from({ length: 11 }, (_, i) => 6 - Math.abs(5 - i));
const sums = counts.map((_, i) => i + 2);
rec.log("dice", new rr.BarChart(counts, { abscissa: sums, color: "teal" }));
