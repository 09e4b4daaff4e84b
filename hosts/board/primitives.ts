/**
 * The contract of hosts/types/primitives.d.ts over the SDK's `crypt`: the ESP32's, and on Linux for tests.
 *
 * One operation on the curve takes tens of milliseconds on an ESP32 and most of a second on a Pico, and nothing
 * else runs meanwhile; AES and SHA-256 are fast. Neither the curve nor the AES is constant time (see each file).
 */

export { ccmOpen, ccmSeal } from "./primitives/ccm.js";
export { hmac, PBKDF2, SHA256 } from "./primitives/hash.js";
export {
	baseMultiply,
	decompress,
	isOnCurve,
	multiply,
	multiplySum,
	sign,
	verify
} from "./primitives/p256.js";
