export function randomBytes(count) @ "xs_random_bytes";
