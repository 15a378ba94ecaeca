// What the 3D viewer is given: a model of lines for the wireframe, and a sky.

const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const LINES = 1;
const TRIANGLES = [undefined, 4];
const TYPES = { 5121: Uint8Array, 5123: Uint16Array, 5125: Uint32Array };
const UNSIGNED_INT = 5125;

// The same glTF binary with the edges of its triangles in their place (glTF 2.0, 3.7.2.1).
export function wireframe(buffer) {
  const { document, binary } = read(buffer);
  const parts = [binary];
  let length = binary.byteLength;
  document.materials = [...(document.materials ?? []), ink()];
  document.extensionsUsed = [...new Set([...(document.extensionsUsed ?? []), "KHR_materials_unlit"])];
  for (const mesh of document.meshes) {
    for (const primitive of mesh.primitives) {
      if (!TRIANGLES.includes(primitive.mode)) continue;
      if (primitive.extensions?.KHR_draco_mesh_compression) throw new Error("compressed");
      const edges = edgesOf(corners(document, binary, primitive));
      document.bufferViews.push({ buffer: 0, byteOffset: length, byteLength: edges.byteLength });
      document.accessors.push({
        bufferView: document.bufferViews.length - 1,
        componentType: UNSIGNED_INT,
        count: edges.length,
        type: "SCALAR",
      });
      Object.assign(primitive, {
        mode: LINES,
        indices: document.accessors.length - 1,
        material: document.materials.length - 1,
      });
      delete primitive.attributes.COLOR_0;
      parts.push(edges);
      length += edges.byteLength;
    }
  }
  document.buffers[0].byteLength = length;
  return write(document, parts, length);
}

function ink() {
  return {
    name: "wireframe",
    pbrMetallicRoughness: { baseColorFactor: [0.09, 0.2, 0.47, 1], metallicFactor: 0 },
    extensions: { KHR_materials_unlit: {} },
  };
}

function read(buffer) {
  const view = new DataView(buffer);
  let document = null;
  let binary = new Uint8Array();
  for (let at = 12; at + 8 <= buffer.byteLength; ) {
    const length = view.getUint32(at, true);
    const bytes = new Uint8Array(buffer, at + 8, length);
    if (view.getUint32(at + 4, true) === JSON_CHUNK) document = JSON.parse(new TextDecoder().decode(bytes));
    if (view.getUint32(at + 4, true) === BINARY_CHUNK) binary = bytes.slice();
    at += 8 + length;
  }
  if (!document?.meshes || !document.bufferViews || !document.accessors) throw new Error("no meshes");
  return { document, binary: padded(binary, 0) };
}

function corners(document, binary, primitive) {
  if (primitive.indices === undefined) {
    return Uint32Array.from({ length: document.accessors[primitive.attributes.POSITION].count }, (_, at) => at);
  }
  const accessor = document.accessors[primitive.indices];
  const view = document.bufferViews[accessor.bufferView];
  const from = (view.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  const Type = TYPES[accessor.componentType];
  return new Type(binary.buffer.slice(from, from + accessor.count * Type.BYTES_PER_ELEMENT));
}

function edgesOf(corners) {
  const edges = new Uint32Array(corners.length * 2);
  let at = 0;
  for (let one = 0; one + 2 < corners.length; one += 3) {
    for (const [from, to] of [[0, 1], [1, 2], [2, 0]]) {
      edges[at++] = corners[one + from];
      edges[at++] = corners[one + to];
    }
  }
  return edges.subarray(0, at);
}

function write(document, parts, length) {
  const text = padded(new TextEncoder().encode(JSON.stringify(document)), 0x20);
  const total = 12 + 8 + text.byteLength + 8 + length;
  const head = new DataView(new ArrayBuffer(20));
  [0x46546c67, 2, total, text.byteLength, JSON_CHUNK].forEach((value, at) => head.setUint32(at * 4, value, true));
  const middle = new DataView(new ArrayBuffer(8));
  middle.setUint32(0, length, true);
  middle.setUint32(4, BINARY_CHUNK, true);
  return new Blob([head, text, middle, ...parts]);
}

function padded(bytes, filler) {
  const whole = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4).fill(filler);
  whole.set(bytes);
  return whole;
}

const SKY = { width: 64, height: 32 };
// Height (0 at the top) and light (1 is white on a screen) of its parts.
const FADE = [
  [0, [0.22, 0.46, 0.86]],
  [0.46, [0.8, 0.92, 1.05]],
  [0.5, [1.1, 1.05, 0.98]],
  [0.54, [0.72, 0.67, 0.6]],
  [1, [0.42, 0.38, 0.34]],
];
let address = null;

// A sky made here: light above, a soft horizon, ground below; a picture in Radiance's format, as a
// sphere that is twice as wide as high. Returns its address.
export function sky() {
  if (address) return address;
  const { width, height } = SKY;
  const head = new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const pixels = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    const light = lightAt(row / (height - 1));
    const power = Math.ceil(Math.log2(Math.max(...light)));
    const pixel = [...light.map((one) => Math.min(255, Math.floor((one / 2 ** power) * 256))), power + 128];
    for (let column = 0; column < width; column += 1) pixels.set(pixel, (row * width + column) * 4);
  }
  // The viewer tells the format by the address's end.
  address = `${URL.createObjectURL(new Blob([head, pixels]))}#.hdr`;
  return address;
}

function lightAt(share) {
  const next = Math.max(1, FADE.findIndex(([at]) => at >= share));
  const [[from, start], [to, end]] = [FADE[next - 1], FADE[next]];
  const part = (share - from) / (to - from);
  return start.map((one, at) => one + (end[at] - one) * part);
}
