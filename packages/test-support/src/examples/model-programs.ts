// Programs that the recipes for machine learning need when they run: models that need no library.

/** A line that gradient descent fits; `fit` and `weights` are like those of a `tf.LayersModel`. */
export const TRAIN = `
const tensor = (shape, values) => ({ shape, dataSync: () => Float32Array.from(values) });
let [slope, offset] = [0, 0];
const weights = [
  { name: "dense/kernel", read: () => tensor([1, 1], [slope]) },
  { name: "dense/bias", read: () => tensor([1], [offset]) },
];
const callbacks = recordRun("rate-0.1", { weights }, { rate: 0.1, optimizer: "sgd" });
await callbacks.onTrainBegin();
for (let epoch = 0; epoch < 50; epoch++) {
  const errors = [-1, 0, 1].map((x) => slope * x + offset - (3 * x + 2));
  slope -= (0.1 * 2 * (errors[2] - errors[0])) / 3;
  offset -= (0.1 * 2 * (errors[0] + errors[1] + errors[2])) / 3;
  await callbacks.onEpochEnd(epoch, { loss: errors.reduce((sum, error) => sum + error ** 2, 0) / 3 });
}
await callbacks.onTrainEnd();`;

/** A session with the interface of ONNX Runtime, whose model says which quarter of a picture is the brightest. */
export const INFER = `
const session = {
  inputNames: ["pixels"],
  outputNames: ["scores"],
  async run({ pixels }: { pixels: ort.Tensor }) {
    const light = new Float32Array(4);
    for (const [pixel, value] of (pixels.data as Float32Array).entries()) {
      light[2 * Math.floor(pixel / 32) + Math.floor((pixel % 8) / 4)] += value / 2;
    }
    const powers = light.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power);
    return { scores: new ort.Tensor("float32", powers.map((power) => power / sum), [1, 4]) };
  },
} as unknown as ort.InferenceSession;
const rec = new rr.RecordingStream("classifier");
await rec.save("classifier.rrd");
const pictures = Array.from({ length: 24 }, (_, frame) => {
  const angle = ((frame + 0.5) / 12) * Math.PI;
  const [x, y] = [3.5 + 2.5 * Math.cos(angle), 3.5 + 2.5 * Math.sin(angle)];
  const light = (pixel: number) => 255 * Math.exp(-(((pixel % 8) - x) ** 2) / 2 - (Math.floor(pixel / 8) - y) ** 2 / 2);
  return { data: Uint8Array.from({ length: 64 }, (_, pixel) => light(pixel)), width: 8, height: 8 };
});
await Promise.all(
  pictures.map(async (picture, frame) => {
    const quarter = await classify(rec, session, picture, frame);
    rec.log("classes", new rr.TextLog(String(quarter)), { time: { frame } });
  }),
);
await rec.close();`;
