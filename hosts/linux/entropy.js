/** Random bytes from the kernel; throws rather than return others. */
export function randomBytes(count) @ "xs_entropy_random_bytes";
