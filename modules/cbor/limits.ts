/** How deep arrays and maps may stand in each other. */
export const maximumDepth = 16;

/**
 * How many values of any kind may come in one: what is sent has a hundred at most. However long a body is that others
 * send, in blocks, a board reads no more of it than it has memory for.
 */
export const maximumValues = 256;

/**
 * How many arrays, maps and byte strings `size` bytes of CBOR may hold. Each costs a board some 100 bytes of
 * memory and its sender only one byte, so a datagram full of empty ones could exhaust it. What we send comes
 * nowhere near.
 */
export function maximumObjects(size: number): number {
	return 64 + Math.floor(size / 4);
}
