/** mbedTLS of the pico-sdk behind the functions of hosts/types/primitives.d.ts. */
export class SHA256 @ "xs_sha256_delete" {
	constructor() @ "xs_sha256";
	write(bytes) @ "xs_sha256_write";
	close() @ "xs_sha256_close";
}

export class PBKDF2 @ "xs_pbkdf2_delete" {
	constructor(password, salt, rounds, length) @ "xs_pbkdf2";
	step() @ "xs_pbkdf2_step";
}

export function hmac(key, message) @ "xs_hmac";
export function ccmSeal(key, nonce, aad, plaintext, tagLength) @ "xs_ccm_seal";
export function ccmOpen(key, nonce, aad, ciphertext, tagLength) @ "xs_ccm_open";
export function baseMultiply(k) @ "xs_p256_base_multiply";
export function multiply(k, point) @ "xs_p256_multiply";
export function multiplySum(a, p, b, q) @ "xs_p256_multiply_sum";
export function isOnCurve(point) @ "xs_p256_is_on_curve";
export function decompress(compressed) @ "xs_p256_decompress";
export function sign(privateKey, hash, nonce) @ "xs_p256_sign";
export function verify(publicKey, hash, signature) @ "xs_p256_verify";
