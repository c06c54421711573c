import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("ellipses2d");
const coins = {
  halfSizes: [
    [30, 30],
    [22, 24],
    [26, 18],
  ],
  centers: [
    [60, 60],
    [140, 90],
    [220, 60],
  ],
};
rec.log("coins", new rr.Ellipses2D({ ...coins, colors: ["gold", "silver", "peru"], lineRadii: 2 }));
