import type { ViewCoordinateSystemsLike } from "../codecs/view-coordinates.ts";
import { ViewCoordinates as Generated } from "../gen/archetypes/view-coordinates.ts";

/**
 * The orientation of a coordinate system: the directions of +X, +Y and +Z as three initials of Up, Down, Right, Left,
 * Forward and Back. Usually logged as static data.
 *
 * @example
 * rec.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, { static: true });
 */
export class ViewCoordinates extends Generated {
  /** The name in print, which bundlers otherwise give to the class that this one extends. */
  static override readonly name: string = "ViewCoordinates";
  /** The directions that were given to the constructor. */
  readonly xyz: ViewCoordinateSystemsLike | null;

  /** @param xyz the directions of +X, +Y and +Z: initials such as `"RDF"`, names or numbers */
  constructor(xyz: ViewCoordinateSystemsLike | null) {
    super(xyz);
    this.xyz = xyz;
  }

  /** X back, Y down, Z left. */
  static readonly BDL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BDL");
  /** X back, Y down, Z right. */
  static readonly BDR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BDR");
  /** X back, Y left, Z down. */
  static readonly BLD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BLD");
  /** X back, Y left, Z up. */
  static readonly BLU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BLU");
  /** X back, Y right, Z down. */
  static readonly BRD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BRD");
  /** X back, Y right, Z up. */
  static readonly BRU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BRU");
  /** X back, Y up, Z left. */
  static readonly BUL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BUL");
  /** X back, Y up, Z right. */
  static readonly BUR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("BUR");
  /** X down, Y back, Z left. */
  static readonly DBL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DBL");
  /** X down, Y back, Z right. */
  static readonly DBR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DBR");
  /** X down, Y forward, Z left. */
  static readonly DFL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DFL");
  /** X down, Y forward, Z right. */
  static readonly DFR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DFR");
  /** X down, Y left, Z back. */
  static readonly DLB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DLB");
  /** X down, Y left, Z forward. */
  static readonly DLF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DLF");
  /** X down, Y right, Z back. */
  static readonly DRB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DRB");
  /** X down, Y right, Z forward. */
  static readonly DRF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("DRF");
  /** X forward, Y down, Z left. */
  static readonly FDL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FDL");
  /** X forward, Y down, Z right. */
  static readonly FDR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FDR");
  /** X forward, Y left, Z down. */
  static readonly FLD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FLD");
  /** X forward, Y left, Z up. */
  static readonly FLU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FLU");
  /** X forward, Y right, Z down. */
  static readonly FRD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FRD");
  /** X forward, Y right, Z up. */
  static readonly FRU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FRU");
  /** X forward, Y up, Z left. */
  static readonly FUL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FUL");
  /** X forward, Y up, Z right. */
  static readonly FUR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("FUR");
  /** X left, Y back, Z down. */
  static readonly LBD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LBD");
  /** X left, Y back, Z up. */
  static readonly LBU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LBU");
  /** X left, Y down, Z back. */
  static readonly LDB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LDB");
  /** X left, Y down, Z forward. */
  static readonly LDF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LDF");
  /** X left, Y forward, Z down. */
  static readonly LFD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LFD");
  /** X left, Y forward, Z up. */
  static readonly LFU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LFU");
  /** X left, Y up, Z back. */
  static readonly LUB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LUB");
  /** X left, Y up, Z forward. */
  static readonly LUF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("LUF");
  /** X right, Y back, Z down. */
  static readonly RBD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RBD");
  /** X right, Y back, Z up. */
  static readonly RBU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RBU");
  /** X right, Y down, Z back. */
  static readonly RDB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RDB");
  /** X right, Y down, Z forward. */
  static readonly RDF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RDF");
  /** X right, Y forward, Z down. */
  static readonly RFD: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RFD");
  /** X right, Y forward, Z up. */
  static readonly RFU: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RFU");
  /** X right, Y up, Z back. */
  static readonly RUB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RUB");
  /** X right, Y up, Z forward. */
  static readonly RUF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("RUF");
  /** X up, Y back, Z left. */
  static readonly UBL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("UBL");
  /** X up, Y back, Z right. */
  static readonly UBR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("UBR");
  /** X up, Y forward, Z left. */
  static readonly UFL: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("UFL");
  /** X up, Y forward, Z right. */
  static readonly UFR: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("UFR");
  /** X up, Y left, Z back. */
  static readonly ULB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("ULB");
  /** X up, Y left, Z forward. */
  static readonly ULF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("ULF");
  /** X up, Y right, Z back. */
  static readonly URB: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("URB");
  /** X up, Y right, Z forward. */
  static readonly URF: ViewCoordinates = /* @__PURE__ */ new ViewCoordinates("URF");
  /** Right-handed, X up: the same as `URF`. */
  static readonly RIGHT_HAND_X_UP: ViewCoordinates = ViewCoordinates.URF;
  /** Right-handed, X down: the same as `DRB`. */
  static readonly RIGHT_HAND_X_DOWN: ViewCoordinates = ViewCoordinates.DRB;
  /** Right-handed, Y up: the same as `RUB`. */
  static readonly RIGHT_HAND_Y_UP: ViewCoordinates = ViewCoordinates.RUB;
  /** Right-handed, Y down: the same as `RDF`. */
  static readonly RIGHT_HAND_Y_DOWN: ViewCoordinates = ViewCoordinates.RDF;
  /** Right-handed, Z up: the same as `RFU`. */
  static readonly RIGHT_HAND_Z_UP: ViewCoordinates = ViewCoordinates.RFU;
  /** Right-handed, Z down: the same as `RBD`. */
  static readonly RIGHT_HAND_Z_DOWN: ViewCoordinates = ViewCoordinates.RBD;
  /** Left-handed, X up: the same as `URB`. */
  static readonly LEFT_HAND_X_UP: ViewCoordinates = ViewCoordinates.URB;
  /** Left-handed, X down: the same as `DRF`. */
  static readonly LEFT_HAND_X_DOWN: ViewCoordinates = ViewCoordinates.DRF;
  /** Left-handed, Y up: the same as `RUF`. */
  static readonly LEFT_HAND_Y_UP: ViewCoordinates = ViewCoordinates.RUF;
  /** Left-handed, Y down: the same as `RDB`. */
  static readonly LEFT_HAND_Y_DOWN: ViewCoordinates = ViewCoordinates.RDB;
  /** Left-handed, Z up: the same as `RBU`. */
  static readonly LEFT_HAND_Z_UP: ViewCoordinates = ViewCoordinates.RBU;
  /** Left-handed, Z down: the same as `RFD`. */
  static readonly LEFT_HAND_Z_DOWN: ViewCoordinates = ViewCoordinates.RFD;
}
