/** How deep arrays and maps may stand in each other. */
export const maximumDepth = 16;

/**
 * How many values of any kind may come in one: what is sent has a hundred at most. However long a body is that others
 * send, in blocks, a board reads no more of it than it has memory for.
 */
export const maximumValues = 256;

/**
 * How many of these may be arrays, maps and byte strings. Each takes a board some 200 bytes of memory and its sender
 * one, so a datagram full of them could exhaust it. What is sent has 43 at most: the addresses of peers.
 */
export const maximumObjects = 64;
