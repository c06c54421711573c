/** The byte order and the alignment of messages. */
export interface Encoding {
  /** Whether numbers have their lowest byte first. */
  readonly isLittle: boolean;
  /** The largest alignment of a number. */
  readonly alignment: number;
}

/** Bytes in which messages lie that have the same encoding. */
export class MessageSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly encoding: Encoding;
  /** The same as in the encoding, to be at hand. */
  readonly isLittle: boolean;
  /** The same as in the encoding, to be at hand. */
  readonly alignment: number;

  constructor(bytes: Uint8Array, encoding: Encoding) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.encoding = encoding;
    this.isLittle = encoding.isLittle;
    this.alignment = encoding.alignment;
  }
}

/** The source before the first message. */
export const NO_SOURCE: MessageSource = /* @__PURE__ */ new MessageSource(new Uint8Array(0), {
  isLittle: true,
  alignment: 1,
});
