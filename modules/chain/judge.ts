import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { isPublicKey } from "../crypto/crypto.js";
import { hasBit } from "./ancestry.js";
import { isCarried, isCovered, memberIn } from "./base.js";
import { type Block, isKeyProven, parentsLimit } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { adminAction, type Body, founderAction, Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import type { Member, Membership } from "./membership.js";
import { nodeIdOf } from "./node-id.js";
import { Rank, rankName } from "./rank.js";

/** The last places, which are kept for what founders and admins issue. */
const reserved = 32;
/** Most blocks of an ordinary author since the checkpoint. */
const authorLimit = 32;

/** Judges blocks: those that come, whether they may be kept; and those to be issued, whether their author may. */
export class Judge {
	/** Most blocks that are kept. */
	readonly limit: number;
	readonly #set: BlockSet;
	readonly #members: () => Membership;

	constructor(options: { blocks: BlockSet; limit: number; members: () => Membership }) {
		this.#set = options.blocks;
		this.limit = options.limit;
		this.#members = options.members;
	}

	/** Throws a BlockError when a block that came may not be kept. What it brings about is not judged here. */
	check(block: Block): void {
		const { body, author, sequence, parents } = block;
		if (!this.#set.isOfHome(block)) throw new BlockError("home", "the block is of another home");
		if (body.kind === Kind.genesis) {
			if (this.#set.genesis !== undefined) throw new BlockError("home", "the home has a genesis block");
			if (!block.isSignedBy(body.key)) throw signatureError();
			if (body.recovery !== null) checkKey(body.recovery);
			return;
		}
		const { base, recovery } = this.#set;
		if (base === undefined) throw new BlockError("parents", "the home's genesis block is not here");
		if (body.kind === Kind.checkpoint) throw new BlockError("table", "a checkpoint comes with its table");
		if (isCovered(base.table, recovery, author, sequence)) {
			throw new BlockError("covered", "the block is older than the checkpoint");
		}
		const row = this.#rowFor(block);
		const key = this.#keyAt(author, row);
		if (key === undefined) throw new BlockError("author", "the block's author is not a member");
		if (
			parents.every(parent => this.#set.index.find(parent) >= 0) &&
			sequence !== this.nextSequence(author, row)
		) {
			throw new BlockError("sequence", "the block is not its author's next one");
		}
		this.#checkRoom(author, sequence);
		if (!block.isSignedBy(key)) {
			// Of what is carried over a checkpoint the author's new key may still be on its way.
			if (!this.#set.restsOnBase(row)) throw new BlockError("parents", "the author's new key is not here");
			throw signatureError();
		}
		if (body.kind === Kind.add) checkKey(body.key);
		if (body.kind === Kind.rotate && !isKeyProven(block, body)) {
			throw new BlockError("proof", "the new key did not sign its proof");
		}
	}

	/** Throws a BlockError when `author` has no right to issue this, or there is no room for it. */
	checkRight(author: Uint8Array, body: Body): void {
		const member = this.#members().get(author);
		const rank = member?.rank ?? this.#outsiderRank(author);
		if (rank === undefined) throw new BlockError("author", "this node is not a member");
		if (member?.isFrozen) throw new BlockError("author", "two keys claim to be this node's: it cannot act");
		const asked = neededRank(body, id => this.#members().get(id));
		if (rank < asked || (rank === Rank.recovery && body.kind === Kind.add)) {
			throw new BlockError(
				"rank",
				`that is for ${asked === Rank.admin ? "an admin or founder" : `a ${rankName(asked)}`}`
			);
		}
		if (body.kind === Kind.grant && body.action === founderAction && body.granted)
			this.#checkSuccessor(body.id);
		const isMakingRoom = body.kind !== undefined && body.kind !== Kind.add;
		if (!isMakingRoom && this.#set.index.length >= this.limit - reserved) {
			throw new BlockError("reserved", "the home's chain is nearly full: a founder's checkpoint makes room");
		}
		if (body.kind !== Kind.checkpoint) this.#checkRoom(author, this.nextSequence(author, undefined));
	}

	/**
	 * What a block rests on, at most 8 hashes, ascending: blocks that nothing rests on; of more than 8 first the one that
	 * rests on the author's last block, then (in a removal) those that rest on the target's last, then the highest.
	 */
	parentsFor(author: Uint8Array, body: Body): Uint8Array[] {
		const { index, ancestry, base } = this.#set;
		const { heads } = this.#set;
		const first = [author, ...(body.kind === Kind.remove ? body.ids : [])]
			.map(id => this.#headOver(heads, id))
			.filter(head => head !== undefined);
		const chosen = [...new Set([...first, ...heads])].slice(0, parentsLimit);
		// Whatever else it rests on, it rests on the checkpoint.
		const isOnBase = chosen.some(
			number => index.slot(number) === base?.slot || ancestry.has(index.slot(number), base?.slot ?? 0)
		);
		if (!isOnBase && base !== undefined) chosen.splice(parentsLimit - 1, 1, index.find(base.hash));
		return chosen.map(number => index.hash(number)).sort(compareBytes);
	}

	/** How many blocks nothing rests on. */
	get branches(): number {
		return this.#set.heads.length;
	}

	/** The sequence after the highest of the author's among the blocks in `row`, or among all. */
	nextSequence(author: Uint8Array, row: Uint8Array | undefined): number {
		const { index, base, recovery } = this.#set;
		const isRecovery = recovery !== null && equalBytes(recovery, author);
		let next = 0;
		if (base !== undefined) {
			next = isRecovery ? base.table.recoveryNext : (memberIn(base.table, author)?.next ?? 0);
		}
		for (let number = 0; number < index.length; number += 1) {
			if (!index.isBy(number, author)) continue;
			if (row === undefined || hasBit(row, index.slot(number)))
				next = Math.max(next, index.sequence(number) + 1);
		}
		return next;
	}

	/** The recovery key, where `id` is its. */
	recoveryKey(id: Uint8Array): Uint8Array | undefined {
		const { genesis, recovery } = this.#set;
		return recovery !== null && equalBytes(recovery, id) ? (genesis?.recovery ?? undefined) : undefined;
	}

	/** Throws a BlockError when the author has no place left. */
	#checkRoom(author: Uint8Array, sequence: number): void {
		const { base, index } = this.#set;
		const begun = (base && memberIn(base.table, author)?.next) ?? 0;
		const isMuch = sequence - begun >= authorLimit;
		const isFull = index.length >= this.limit - reserved;
		if (!(isMuch || isFull) || this.#isPrivileged(author)) return;
		if (isMuch) {
			throw new BlockError(
				"author limit",
				`its author has issued ${authorLimit} blocks: a checkpoint makes room`
			);
		}
		throw new BlockError("reserved", "the home's chain is nearly full: a founder's checkpoint makes room");
	}

	#isPrivileged(author: Uint8Array): boolean {
		return this.#members().get(author)?.isAdmin === true || this.recoveryKey(author) !== undefined;
	}

	/** The row of what it rests on. Throws a BlockError when that is not here, or not the checkpoint. */
	#rowFor(block: Block): Uint8Array {
		const { base, recovery } = this.#set;
		const row = this.#set.rowOver(block.parents);
		if (row !== undefined && this.#set.restsOnBase(row)) return row;
		const isOwed = base !== undefined && base.number > 0 && isCarried(block);
		const isOfMember = base && isCovered(base.table, recovery, block.author, block.sequence) === false;
		if (isOwed && isOfMember) return this.#set.carriedRow(block);
		if (row === undefined) throw new BlockError("parents", "a parent of the block is not here");
		throw new BlockError("checkpoint", "the block does not rest on the checkpoint");
	}

	/** The author's key as the blocks in `row` have it. */
	#keyAt(author: Uint8Array, row: Uint8Array): Uint8Array | undefined {
		const { index, base, profiles } = this.#set;
		const recoveryKey = this.recoveryKey(author);
		if (recoveryKey !== undefined) return recoveryKey;
		const key = base && memberIn(base.table, author)?.key;
		/** The slot of the block that names it: the first add, or the last rotate. */
		let named: number | undefined;
		for (let number = 0; number < index.length; number += 1) {
			const kind = index.kind(number);
			const isAdd =
				kind === Kind.add && key === undefined && named === undefined && index.isAbout(number, author);
			const isRotate = kind === Kind.rotate && index.isBy(number, author);
			if ((isAdd || isRotate) && hasBit(row, index.slot(number))) named = index.slot(number);
		}
		return named === undefined ? key : profiles.look(named).key;
	}

	/** The head that is or rests on the last block of `id`. */
	#headOver(heads: readonly number[], id: Uint8Array): number | undefined {
		const { index, ancestry } = this.#set;
		for (let number = index.length - 1; number >= 0; number -= 1) {
			if (!index.isBy(number, id) || index.isAnchor(number)) continue;
			const slot = index.slot(number);
			return heads.find(head => head === number || ancestry.has(index.slot(head), slot));
		}
		return undefined;
	}

	/** A founder has to be able to show its key to who knows only the genesis block: by its hash, or by blocks that are kept. */
	#checkSuccessor(id: Uint8Array): void {
		const member = this.#members().get(id);
		if (member === undefined) throw new BlockError("rank", "only a member can be made a founder");
		if (!equalBytes(nodeIdOf(member.key), id)) {
			throw new BlockError(
				"rank",
				"a node that has taken a new key cannot be made a founder: choose another"
			);
		}
	}

	#outsiderRank(author: Uint8Array): Rank | undefined {
		return this.recoveryKey(author) === undefined ? undefined : Rank.recovery;
	}
}

/** The rank that a block needs to count. */
function neededRank(body: Body, member: (id: Uint8Array) => Member | undefined): Rank {
	switch (body.kind) {
		case Kind.remove:
			return above(Math.max(...body.ids.map(id => member(id)?.rank ?? Rank.member)));
		case Kind.grant:
			if (body.action === founderAction) return Rank.recovery;
			if (body.action !== adminAction) return Rank.admin;
			return member(body.id)?.rank === Rank.founder ? Rank.recovery : Rank.founder;
		case Kind.checkpoint:
			return Rank.founder;
		default:
			return Rank.member;
	}
}

function above(rank: number): Rank {
	if (rank >= Rank.founder) return Rank.recovery;
	return rank === Rank.admin ? Rank.founder : Rank.admin;
}

/** Last, since it costs a board 20 ms. Nobody could ever sign by what is no key, and who is asked for it would fail. */
function checkKey(key: Uint8Array): void {
	if (!isPublicKey(key)) throw new BlockError("malformed", "a key in it is no point of P-256");
}

function signatureError(): BlockError {
	return new BlockError("signature", "the block's signature is wrong");
}
