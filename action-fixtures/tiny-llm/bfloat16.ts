import type { NextWord } from "./prng.ts";

/** Bytes of one bfloat16 value. */
const bfloat16Bytes = 2;

const exponentBias = 127;
const significandBits = 7;

/**
 * Bit pattern of `integer` × 2^`exponent` as bfloat16: sign, eight bits of exponent, seven of
 * significand. Excess low bits are cut off. Assembled from integers rather than converted from a
 * float, so that no rounding of a machine can show.
 */
function bfloat16Bits(integer: number, exponent: number): number {
  if (integer === 0) return 0;
  const magnitude = Math.abs(integer);
  const highestBit = 31 - Math.clz32(magnitude);
  const shift = significandBits - highestBit;
  const significand = shift >= 0 ? magnitude << shift : magnitude >>> -shift;
  const sign = integer < 0 ? 0x8000 : 0;
  return sign | ((highestBit + exponent + exponentBias) << significandBits) | (significand & 0x7f);
}

/** `count` times 1.0, little-endian: what a normalization layer starts from. */
export function ones(count: number): Uint8Array {
  const bytes = new Uint8Array(count * bfloat16Bytes);
  const one = bfloat16Bits(1, 0);
  for (let index = 0; index < count; index++) store(bytes, index, one);
  return bytes;
}

/**
 * `count` random weights, little-endian, bell-shaped around zero with a standard deviation of 0.018
 * and none beyond ±0.0623. The sum of four random bytes, centred, stands in for a normal distribution:
 * the usual transforms need logarithms or sines, whose last bits differ between machines.
 */
export function randomWeights(count: number, next: NextWord): Uint8Array {
  const bytes = new Uint8Array(count * bfloat16Bytes);
  for (let index = 0; index < count; index++) {
    const word = next();
    const sum = (word & 0xff) + ((word >>> 8) & 0xff) + ((word >>> 16) & 0xff) + (word >>> 24);
    store(bytes, index, bfloat16Bits(sum - 510, -13));
  }
  return bytes;
}

function store(bytes: Uint8Array, index: number, bits: number): void {
  bytes[index * bfloat16Bytes] = bits & 0xff;
  bytes[index * bfloat16Bytes + 1] = bits >>> 8;
}
