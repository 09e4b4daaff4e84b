/** A point of the SDK's `ec`, affine. Its coordinates mean nothing when `isZero()`. */
export default class ECPoint {
	constructor(x: bigint, y: bigint);
	readonly x: bigint;
	readonly y: bigint;
	/** Whether it is the point at infinity. */
	isZero(): boolean;
}
