/** What our protocols need of cryptography, over the host's primitives; bytes are Uint8Array throughout. */

export { type CcmOptions, ccmOpen, ccmSeal } from "./ccm.js";
export { constantTimeEqual } from "./constant-time.js";
export {
	CoseError,
	parseCose,
	type SignedPayload,
	signatureStructure,
	signCose,
	verifyCose
} from "./cose.js";
export { CryptoError } from "./crypto-error.js";
export { isLowS, signEs256, verifyEs256, verifyEs256Point } from "./es256.js";
export { hkdfExpand, hkdfExtract, hmacSha256, Sha256, sha256 } from "./hash.js";
export {
	addPoints,
	compress,
	decodePoint,
	decompress,
	derivePublicKey,
	encodePoint,
	isOnCurve,
	isPublicKey,
	multiply,
	multiplyBase,
	pointOfX,
	sharedX
} from "./p256.js";
export { Pbkdf2 } from "./pbkdf2.js";
export { isScalar as isPrivateKey, negate as negateScalar, reduceLong } from "./scalar.js";
export { Secrets } from "./secrets.js";
export { guardSteps, runAtOnce, runInTurns, type Steps } from "./steps.js";
