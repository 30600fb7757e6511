// Walks out of the bytes that pack.py made: a header of JSON, then arrays that are decoded when first looked at.

function decode(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.subarray(4 + length);
  return { curves: head.curves, sides: head.sides, walks: head.walks.map((walk) => new Walk(walk, head, body)) };
}

// Numbers of 16 bits, low bytes first, then high ones; each channel holds differences from frame to frame.
function steps(body, spec) {
  const count = spec.size / 2;
  const frames = spec.channels ? count / spec.channels : 0;
  const out = new Float32Array(count);
  for (let channel = 0, i = 0; channel < spec.channels; channel++) {
    let run = 0;
    for (let frame = 0; frame < frames; frame++, i++) {
      run = (run + body[spec.at + i] + (body[spec.at + count + i] << 8)) & 0xffff;
      out[i] = run === 0xffff ? NaN : spec.low + spec.step * run;
    }
  }
  return out;
}

function floats(body, spec) {
  const count = spec.size / 4;
  const bytes = new Uint8Array(spec.size);
  for (let plane = 0; plane < 4; plane++) {
    for (let i = 0; i < count; i++) bytes[4 * i + plane] = body[spec.at + plane * count + i];
  }
  return new Float32Array(bytes.buffer);
}

class Walk {
  constructor(head, shared, body) {
    Object.assign(this, head);
    this.names = shared.curves.map((curve) => curve.name);
    this.allSides = shared.sides;
    this.body = body;
    this.ready = new Map();
    this.lost = new Set(head.failed);
  }

  // An array by name, decoded once.
  get(name, read, spec) {
    if (!this.ready.has(name)) this.ready.set(name, read(this.body, spec));
    return this.ready.get(name);
  }

  get percents() {
    return this.get("clock", floats, this.clock).subarray(0, this.frames);
  }

  get times() {
    return this.get("clock", floats, this.clock).subarray(this.frames);
  }

  curve(name, side) {
    const all = this.get("curves", floats, this.curves);
    const row = this.names.indexOf(name) * this.allSides.length + this.allSides.indexOf(side);
    return all.subarray(row * this.frames, (row + 1) * this.frames);
  }

  drawn(name) {
    return this.get(`scene ${name}`, steps, this.scene[name]);
  }

  // Frame nearest to a time in the cycle; never one between two.
  frameAt(percent) {
    const at = this.percents;
    let low = 0;
    let high = this.frames - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at[middle] <= percent) low = middle;
      else high = middle - 1;
    }
    const next = low + 1 < this.frames ? low + 1 : this.repeats ? 0 : low;
    const there = next === 0 ? at[0] + 100 : at[next];
    if (this.repeats && percent < at[0]) {
      const last = this.frames - 1;
      return at[0] - percent <= percent + 100 - at[last] ? 0 : last;
    }
    return there - percent < percent - at[low] ? next : low;
  }

  // How far the peak of a curve is known: [low, high, over what], undefined where nobody computed it.
  span(name, side) {
    return this.spans[name]?.[side];
  }

  // Largest value of a curve and where: {value, frame}, or null where there is none.
  peak(name, side) {
    const values = this.curve(name, side);
    let best = -1;
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i]) && (best < 0 || values[i] > values[best])) best = i;
    }
    return best < 0 ? null : { value: values[best], frame: best };
  }
}
