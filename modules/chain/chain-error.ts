/** What is wrong with a block; `reason` is for programs, the message for people. */
export type BlockFault =
	/** Not a block: wrong COSE, CBOR, field, or size. */
	| "malformed"
	/** A format version that this software does not know. */
	| "version"
	/** Of another home. */
	| "home"
	/** A parent is not here (yet). */
	| "parents"
	/** The author is not a member here (yet). */
	| "author"
	/** The author's blocks before this one are not here (yet). */
	| "sequence"
	/** The author's key did not sign this. */
	| "signature"
	/** The home has no room for it. */
	| "full";

/** A block that was refused. The chain is as it was before. */
export class BlockError extends Error {
	override readonly name = "BlockError";
	readonly reason: BlockFault;

	constructor(reason: BlockFault, message: string) {
		super(message);
		this.reason = reason;
	}
}
