/**
 * Whether both hold the same bytes, in a time that depends on their lengths only. For tags and secrets;
 * `equalBytes` of the bytes room is faster for what is public.
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
	return difference === 0;
}
