import { Data, Null } from "apache-arrow";

/** An array of nulls. Its parts know their null count, unlike those of apache-arrow, so that they can be written. */
export class NullArray extends Data<Null> {
  constructor(length: number) {
    super(new Null(), 0, length, length);
  }

  override slice(_offset: number, length: number): NullArray {
    return new NullArray(length);
  }
}
