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
	/** It is not the author's next one after those that it rests on. */
	| "sequence"
	/** The author's key did not sign this. */
	| "signature"
	/** The new key of a rotate did not sign its proof. */
	| "proof"
	/** Older than the checkpoint: what it says is in the table, or was never to be. */
	| "covered"
	/** It does not rest on the checkpoint, or is a checkpoint that cannot take its place. */
	| "checkpoint"
	/** A checkpoint's table is not what the blocks come to, is too long, or is none. */
	| "table"
	/** Its author has issued as many since the checkpoint as an ordinary member may. */
	| "author limit"
	/** The last places are for founders and admins, or nothing but what makes room is issued. */
	| "reserved"
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
