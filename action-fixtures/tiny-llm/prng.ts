/** Returns the next unsigned 32-bit integer of a stream. */
export type NextWord = () => number;

/**
 * xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it), its state filled by splitmix32 from
 * a hash of `seed`. Integer arithmetic only, so that every machine gets the same stream.
 */
export function seededWords(seed: string): NextWord {
  const fill = splitmix32(fnv1a(seed));
  let s0 = fill();
  let s1 = fill();
  let s2 = fill();
  let s3 = fill();

  return () => {
    const word = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotateLeft(s3, 11);
    return word;
  };
}

/** 32-bit splitmix with the finalizer of MurmurHash3. */
function splitmix32(seed: number): NextWord {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
