/**
 * `count` (0 to 256) bytes from the host's secure source of random numbers. Throws rather than return bytes
 * that are not secure.
 */
export function randomBytes(count: number): ArrayBuffer;
