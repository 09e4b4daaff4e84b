import { equalBytes } from "../bytes/bytes.js";
import { isPublicKey, runAtOnce, type Steps } from "../crypto/crypto.js";
import { leastPlaces, memberPlaces, ownerPlaces } from "./base.js";
import type { Block } from "./block.js";
import { Role } from "./block-role.js";
import { type Body, Kind, prefixLength, takingOf } from "./body.js";
import { BlockError } from "./chain-error.js";
import { memberRotatesLimit, ownerRotatesLimit } from "./key-chain.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { Rank } from "./rank.js";

/** The last places of an owner's log, which are kept for what it takes. */
const reservedPlaces = 2;

/** Judges blocks: those that come, whether they may be kept; and those to be issued, whether their author may. */
export class Judge {
	readonly #logs: Logs;
	readonly #members: () => Membership;

	constructor(options: { logs: Logs; members: () => Membership }) {
		this.#logs = options.logs;
		this.#members = options.members;
	}

	/**
	 * Checks the next signature of a block for the `check` that follows, since on a board each takes as long as a turn of the loop
	 * may. Returns whether there was one: then it is to be called again. Throws a BlockError as `check`.
	 */
	prepare(block: Block): boolean {
		// Begun anew each time: the keys may be others by now, and the block knows what came of the checks before.
		const steps = this.#check(block);
		if (steps.next().done === true) return false;
		steps.next();
		return true;
	}

	/**
	 * Throws a BlockError when a block that came could not be kept, or is not signed as it should be. Returns the key that
	 * signed it. Whether there is a place for it is not judged here, nor what it brings about.
	 */
	check(block: Block): Uint8Array {
		return runAtOnce(this.#check(block));
	}

	/** As `check`, with a pause before each signature that was not checked before. */
	*#check(block: Block): Steps<Uint8Array> {
		const { body } = block;
		if (body.kind === Kind.checkpoint || body.kind === Kind.opening || body.kind === Kind.genesis) {
			throw new BlockError("checkpoint", "a checkpoint comes with its table");
		}
		if (!equalBytes(block.era, this.#logs.era)) {
			throw new BlockError("home", "the block is of another home or era");
		}
		this.checkAuthor(block);
		const chain = this.#logs.chainOf(block.author);
		if (chain === undefined) throw new BlockError("key", "its author's key is not here");
		if (body.kind === Kind.add || body.kind === Kind.rotate) checkKey(body.key);
		yield* chain.verify(block);
		const signer = chain.checkSigner(block, "block");
		if (!(yield* block.verifySecond())) throw new BlockError("proof", secondFault(block));
		return signer;
	}

	/** Throws a BlockError when `author` has no right to issue this. */
	checkRight(author: Uint8Array, body: Body): void {
		const member = this.#members().get(author);
		if (member === undefined) throw new BlockError("author", "this node is not a member");
		const isGift = takingOf(body) === 0 && body.kind !== Kind.checkpoint;
		if (member.isFrozen && (isGift || !member.isOwner)) {
			throw new BlockError("author", "two keys claim to be this node's: it can give nothing");
		}
		if (isForOwners(body) && !member.isOwner) throw new BlockError("rank", "that is for an owner");
		if (body.kind === Kind.add && member.isProvisional) {
			throw new BlockError("rank", "this node admits nobody before an owner confirms it");
		}
		if (body.kind === Kind.remove && body.ids.some(id => this.#logs.isOwner(id))) {
			throw new BlockError("rank", "an owner is removed by the recovery key alone");
		}
		if (body.kind === Kind.rotate) this.checkRotates(author);
	}

	/** Throws a BlockError where an author has no place left. */
	checkRoom(author: Uint8Array, body: Body): void {
		if (!this.hasRoom(author, body)) {
			throw new BlockError(
				"places",
				"this node has said as much as it may: an owner's checkpoint makes room"
			);
		}
	}

	/** An owner's log has 12 places, of which the last two are for what it takes; its rotates need none. */
	hasRoom(author: Uint8Array, body: Body): boolean {
		const isOwner = this.#logs.isOwner(author);
		if (body.kind === Kind.checkpoint || (body.kind === Kind.rotate && isOwner)) return true;
		const reserved = isOwner && takingOf(body) === 0 ? reservedPlaces : 0;
		return this.roomOf(author) > reserved;
	}

	/** How many places an author has left. */
	roomOf(author: Uint8Array): number {
		return this.placesOf(author) - this.usedBy(author);
	}

	/** How many places an author has: an owner 12, a member of the base's rows its share, others two. */
	placesOf(author: Uint8Array): number {
		if (this.#logs.isOwner(author)) return ownerPlaces;
		const isMember = this.#members().get(author)?.rank === Rank.member && this.#logs.addOf(author) < 0;
		return isMember ? memberPlaces(this.#logs.base.table) : leastPlaces;
	}

	/** How many places an author's blocks take: of who is no owner its rotates as well. */
	usedBy(author: Uint8Array): number {
		const { index } = this.#logs;
		const isOwner = this.#logs.isOwner(author);
		let used = 0;
		for (let number = index.firstOf(author); index.isBy(number, author); number += 1) {
			const role = index.role(number);
			if (role === Role.log || (role === Role.rotate && !isOwner)) used += 1;
		}
		return used;
	}

	/**
	 * Not kept: a block whose author has no places, what does not follow its author's log, takings by who is no owner, adds by
	 * a provisional member. Here this spares the signature; it is judged again with all that is kept.
	 */
	private checkAuthor({ author, body, previous, sequence }: Block): void {
		const logs = this.#logs;
		const isOwner = logs.isOwner(author);
		const member = this.#members().get(author);
		if (!isOwner && member === undefined)
			throw new BlockError("author", "the block's author is not a member");
		const isTaking = takingOf(body) > 0;
		if (!isOwner && isTaking) throw new BlockError("rank", "only an owner takes");
		if (body.kind === Kind.add && member?.isProvisional === true) {
			throw new BlockError("rank", "a provisional member admits nobody");
		}
		if (body.kind === Kind.rotate || isTaking) return;
		const isFirst = sequence === 0 && equalBytes(previous, logs.base.hash.subarray(0, prefixLength));
		const before = isFirst ? -1 : logs.index.find(previous);
		if (!isFirst && (before < 0 || !logs.index.isBy(before, author))) {
			throw new BlockError("previous", "its author's block before it is not here");
		}
	}

	/** An owner takes five new keys in an era, another one in a base. */
	private checkRotates(author: Uint8Array): void {
		const chain = this.#logs.chainOf(author);
		const isOwner = this.#logs.isOwner(author);
		const limit = isOwner ? ownerRotatesLimit : memberRotatesLimit;
		if (chain === undefined || chain.rotates.length < limit) return;
		throw new BlockError(
			"places",
			isOwner
				? `an owner takes ${limit} new keys at most, until the recovery key is used`
				: "this node took a new key just now: after an owner's checkpoint it may again"
		);
	}
}

function secondFault({ body }: Block): string {
	return body.kind === Kind.add
		? "the new node did not sign what is said of it"
		: "the new key did not sign its proof";
}

function isForOwners({ kind }: Body): boolean {
	switch (kind) {
		case Kind.remove:
		case Kind.withdraw:
		case Kind.demand:
		case Kind.waive:
		case Kind.grant:
		case Kind.confirm:
		case Kind.checkpoint:
			return true;
		default:
			return false;
	}
}

/** Nobody could ever sign by what is no key, and who is asked for it would fail. */
function checkKey(key: Uint8Array): void {
	if (!isPublicKey(key)) throw new BlockError("malformed", "a key in it is no point of P-256");
}
