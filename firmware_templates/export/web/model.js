// The model and its preprocessing: the C of the export, compiled to WebAssembly.

const MORE = 0, DONE = 1; // of a row of a picture
const ARRAYS = {
  bool: Uint8Array, int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array,
};

/** Load `model.wasm` and `model.json`, given as bytes and text or fetched from beside this file. */
export async function load(wasm, facts) {
  const bytes = wasm ?? await (await fetch(new URL("model.wasm", import.meta.url))).arrayBuffer();
  const text = facts ?? await (await fetch(new URL("model.json", import.meta.url))).text();
  const lines = [];
  let memory;
  const print = (address) => {
    const all = new Uint8Array(memory.buffer);
    lines.push(new TextDecoder().decode(all.slice(address, all.indexOf(0, address))));
  };
  const { instance } = await WebAssembly.instantiate(bytes, { edgeflow: { print } });
  memory = instance.exports.memory;
  return new Model(instance.exports, JSON.parse(text), lines);
}

/** One picture at a time. */
export class Model {
  constructor(calls, facts, lines) {
    this.calls = calls;
    this.facts = facts;
    this.lines = lines;
  }

  /** The golden cases: one line for each, last PASS or FAIL. */
  selftest() {
    this.lines.length = 0;
    this.calls.selftest();
    return [...this.lines];
  }

  /** The network's input of a picture, four bytes a pixel as in ImageData; alpha is not looked at. */
  prepare({ data, width, height }) {
    if (this.calls.begin_picture(width, height) !== MORE) {
      throw new RangeError(`a picture of ${width} x ${height} pixels is too large`);
    }
    const row = new Uint8Array(this.calls.memory.buffer, this.calls.row(), 3 * width);
    for (let y = 0, from = 0; y < height; ++y) {
      for (let to = 0; to < row.length; from += 4) {
        row[to++] = data[from];
        row[to++] = data[from + 1];
        row[to++] = data[from + 2];
      }
      const state = this.calls.take_row();
      if (state === DONE) {
        break;
      }
      if (state !== MORE) {
        throw new RangeError(`row ${y} of ${height} was refused (${state})`);
      }
    }
    return new Uint8Array(this.calls.memory.buffer, this.calls.input(), this.calls.input_bytes()).slice();
  }

  /** The first output as the model gives it: integers, where it is quantized. */
  invoke() {
    const status = this.calls.invoke();
    if (status !== 0) {
      throw new Error(`the model failed (${status})`);
    }
    const Kind = ARRAYS[this.facts.outputs[0].dtype];
    const count = this.calls.output_bytes() / Kind.BYTES_PER_ELEMENT;
    return new Kind(this.calls.memory.buffer, this.calls.output(), count).slice();
  }

  /** Classes and scores of a picture (ImageData), best first, in the model's real numbers. */
  classify(picture, top = 3) {
    this.prepare(picture);
    const { scale, zero_point: zero } = this.facts.outputs[0];
    const { labels } = this.facts;
    const raw = Array.from(this.invoke());
    const found = raw.map((value, place) => ({
      label: labels.length === raw.length ? labels[place] : String(place),
      score: scale === null ? value : (value - zero) * scale,
    }));
    return found.sort((left, right) => right.score - left.score).slice(0, top);
  }
}
