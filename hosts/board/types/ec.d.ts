import type ECPoint from "ecp";

/**
 * The SDK's curve y^2 = x^3 + a x + b modulo m. It checks no point, and `inv` (not declared here) exchanges the
 * coordinates.
 */
export default class EC {
	constructor(a: bigint, b: bigint, m: bigint);
	add(p: ECPoint, q: ECPoint): ECPoint;
	mul(p: ECPoint, k: bigint): ECPoint;
	/** k1 * p1 + k2 * p2 */
	mul2(p1: ECPoint, k1: bigint, p2: ECPoint, k2: bigint): ECPoint;
}
