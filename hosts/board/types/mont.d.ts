/** The SDK's powers modulo an odd number. Of its base `Modular` only `mulinv` is right for all we need. */
export default class Mont {
	constructor(options: { m: bigint });
	exp(base: bigint, exponent: bigint): bigint;
	/** The inverse; for 0 it never returns. */
	mulinv(a: bigint): bigint;
}
