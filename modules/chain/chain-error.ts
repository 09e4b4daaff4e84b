/** What is wrong with a block; `reason` is for programs, the message for people. */
export type BlockFault =
	/** Not a block: wrong COSE, CBOR, field, or size, or a key that is none. */
	| "malformed"
	/** A format version that this software does not know. */
	| "version"
	/** Of another home. */
	| "home"
	/** Its author's previous block, or the base that it names, is not here (yet). */
	| "previous"
	/** The author is not a member here (yet). */
	| "author"
	/** The author's key did not sign this. */
	| "signature"
	/** Its author's key of that turn is not here (yet), or not the only one. */
	| "key"
	/** The new key of a rotate, or a joiner, did not sign what it has to. */
	| "proof"
	/** Not a checkpoint, or one that cannot take the place of the base. */
	| "checkpoint"
	/** A table is too long, or is none, or another than its block says. */
	| "table"
	/** Its author's places are taken by what comes before it. */
	| "places"
	/** Too many blocks of its author came one after the other: later it may be taken. */
	| "often"
	/** The author may not do this. */
	| "rank"
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

/** A checkpoint was not made since another came first. */
export function overtaken(): BlockError {
	return new BlockError("checkpoint", "another checkpoint came first");
}
