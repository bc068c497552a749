/** One bfloat16 tensor, its values little-endian in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * One safetensors file (https://huggingface.co/docs/safetensors): the header's length as a
 * little-endian u64, the JSON header, then the values of all tensors without a hole between them.
 * Tensors lie sorted by name and the header is padded with spaces to a multiple of eight bytes, as the
 * reference implementation writes them.
 */
export function encodeSafetensors(tensors: readonly Tensor[]): Uint8Array {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));

  const header = new Map<string, object>([["__metadata__", { format: "pt" }]]);
  let end = 0;
  for (const { name, shape, values } of sorted) {
    const start = end;
    end += values.length;
    header.set(name, { dtype: "BF16", shape, data_offsets: [start, end] });
  }
  const headerText = JSON.stringify(Object.fromEntries(header));
  const headerBytes = new TextEncoder().encode(headerText);
  const paddedLength = Math.ceil(headerBytes.length / 8) * 8;

  const file = new Uint8Array(8 + paddedLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(paddedLength), true);
  file.set(headerBytes, 8);
  file.fill(0x20, 8 + headerBytes.length, 8 + paddedLength);
  let position = 8 + paddedLength;
  for (const { values } of sorted) {
    file.set(values, position);
    position += values.length;
  }
  return file;
}
