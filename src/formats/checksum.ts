/**
 * CRC-32 as in ISO 3309, sixteen bytes at a time: the remainder of a byte followed by k zero bytes is in table k, and
 * remainders add up by exclusive or. Source: Kounavis and Berry 2005, "A Systematic Approach to Building High Performance
 * Software-Based CRC Generators".
 */

const POLYNOMIAL = 0xedb88320;
const TABLES = 16;

const remainders = new Int32Array(TABLES * 256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? POLYNOMIAL ^ (rest >>> 1) : rest >>> 1;
  remainders[byte] = rest;
}
for (let i = 256; i < TABLES * 256; i++) {
  const shorter = remainders[i - 256];
  remainders[i] = (shorter >>> 8) ^ remainders[shorter & 0xff];
}

/**
 * The CRC-32 of `bytes`, an unsigned number of 32 bits.
 * @param before the checksum of the bytes that come before these
 */
export function checksum(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let i = 0;
  for (const end = bytes.length - (TABLES - 1); i < end; i += TABLES) {
    crc =
      remainders[3840 + ((crc ^ bytes[i]) & 0xff)] ^
      remainders[3584 + (((crc >>> 8) ^ bytes[i + 1]) & 0xff)] ^
      remainders[3328 + (((crc >>> 16) ^ bytes[i + 2]) & 0xff)] ^
      remainders[3072 + ((crc >>> 24) ^ bytes[i + 3])] ^
      remainders[2816 + bytes[i + 4]] ^
      remainders[2560 + bytes[i + 5]] ^
      remainders[2304 + bytes[i + 6]] ^
      remainders[2048 + bytes[i + 7]] ^
      remainders[1792 + bytes[i + 8]] ^
      remainders[1536 + bytes[i + 9]] ^
      remainders[1280 + bytes[i + 10]] ^
      remainders[1024 + bytes[i + 11]] ^
      remainders[768 + bytes[i + 12]] ^
      remainders[512 + bytes[i + 13]] ^
      remainders[256 + bytes[i + 14]] ^
      remainders[bytes[i + 15]];
  }
  for (; i < bytes.length; i++) crc = remainders[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
