import { equalBytes, Records } from "../bytes/bytes.js";
import { Sha256 } from "../crypto/crypto.js";
import { isUncovered } from "./author-log.js";
import type { Block } from "./block.js";
import { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind, type OwnerKey, prefixLength, takingOf } from "./body.js";
import { BlockError } from "./chain-error.js";
import { Contents } from "./contents.js";
import { isOfMembers, type KnownBlocks } from "./keeper.js";
import { type FirstKey, KeyChain, memberRotatesLimit, ownerRotatesLimit } from "./key-chain.js";
import type { Membership } from "./membership.js";
import { idLength } from "./node-id.js";
import { settle } from "./settling.js";
import type { Shelf, ShelvedBase } from "./shelf.js";
import { coveredIn } from "./table.js";

/** Most blocks that may come before they are judged together: an owner's log, its takings beside it and its rotates. */
const stagedLimit = 36;
const takingKinds = Object.freeze([Kind.remove, Kind.withdraw, Kind.demand] as const);

/** Does some work in another turn of the loop. */
export type Later = (work: () => void) => void;

/** Blocks that are dropped in one turn: a board takes 3 milliseconds for each. */
const droppedAtOnce = 24;
/** Hashes that are hashed at once, which on a board costs less than one by one. */
const hashesAtOnce = 16;
/** Of its own takings a node keeps the newest, covered or not. */
const ownTakingsLimit = 12;
/** Of those that it had lost and that are not kept, until the next base. */
const lostTakingsLimit = 12;

/** The blocks that are here under the base: each author's log, the new keys, and what owners took beside their logs. */
export class Logs implements KnownBlocks {
	readonly shelf: Shelf;
	readonly index = new BlockIndex();
	readonly contents = new Contents();
	readonly #self: Uint8Array | undefined;
	readonly #later: Later | undefined;
	/** What has no place any more goes a few at a time. */
	#isDropping = false;
	/** Blocks that have come and are not judged yet, by their slots. */
	readonly #staged = new Map<number, Block>();
	#membership: Membership | undefined;
	/** How often all was judged. */
	judged = 0;
	/** Of whom blocks have come or gone since all was judged. */
	readonly #touched = new Records(idLength);
	/** The digests since all was judged, as they were asked for. */
	#digests: { owners?: Uint8Array; all?: Uint8Array } = {};
	/** How many takings of its own this node remembers that it had lost and that are not kept. */
	#lost = 0;

	/** `later`: has work done in another turn of the loop; without it, all is done at once. */
	constructor(shelf: Shelf, self: Uint8Array | undefined, later?: Later) {
		this.shelf = shelf;
		this.#self = self;
		this.#later = later;
	}

	/** Throws a BlockError while there is none. */
	get base(): ShelvedBase {
		return this.shelf.base;
	}

	get owners(): readonly OwnerKey[] {
		return this.shelf.owners;
	}

	/** The era's id, 16 bytes. */
	get era(): Uint8Array {
		return this.base.opening.subarray(0, prefixLength);
	}

	/** What all comes to, as it was judged last; undefined while there is no base. */
	get membership(): Membership | undefined {
		if (this.#membership === undefined && this.shelf.hasBase) this.judge();
		return this.#membership;
	}

	/** Says what is kept of all that was entered. */
	judgeAnew(): void {
		this.judge();
	}

	isOwner(id: Uint8Array): boolean {
		return this.owners.some(owner => equalBytes(owner.id, id));
	}

	isSelf(id: Uint8Array): boolean {
		return this.#self !== undefined && equalBytes(this.#self, id);
	}

	has(hash: Uint8Array): boolean {
		return this.index.find(hash) >= 0;
	}

	/** The keys of a node; undefined for who is in no table and has no add here. What is staged is looked at as well. */
	chainOf(author: Uint8Array): KeyChain | undefined {
		const { index, contents } = this;
		const owner = this.owners.find(({ id }) => equalBytes(id, author));
		if (owner !== undefined)
			return new KeyChain({ index, contents, author, first: owner, most: ownerRotatesLimit });
		const first = this.firstKeyOf(author);
		return first && new KeyChain({ index, contents, author, first, most: memberRotatesLimit });
	}

	/** The numbers of what is in an author's log, by sequence and hash. */
	logOf(author: Uint8Array): number[] {
		const numbers: number[] = [];
		for (let number = this.index.firstOf(author); this.index.isBy(number, author); number += 1) {
			if (this.index.role(number) === Role.log) numbers.push(number);
		}
		return numbers;
	}

	/** Holds a judged block until `settle`. `signer`: the key that signed it. Throws a BlockError where too much is held. */
	stage(block: Block, signer: Uint8Array): void {
		if (this.#staged.size >= stagedLimit) throw new BlockError("full", "too much comes at once");
		const slot = this.shelf.allot();
		this.note(slot, block, signer);
		this.#staged.set(slot, block);
	}

	/** Lets go what is staged. */
	unstage(): void {
		for (const slot of this.#staged.keys()) {
			this.forget(slot);
			this.shelf.giveBack(slot);
		}
		this.#staged.clear();
	}

	/** Enters a block that is stored, or is going to be. */
	note(slot: number, block: Block, signer: Uint8Array): void {
		const { author, turn, body } = block;
		const owner = this.owners.find(({ id }) => equalBytes(id, author));
		const isByFirst = owner === undefined || turn === owner.turn;
		this.touch(author);
		this.index.insert(block, slot);
		this.contents.note(slot, block, body.kind !== Kind.rotate && isByFirst ? undefined : signer);
	}

	/**
	 * Judges what is staged together with what is here, stores what is kept of it, and drops what has no place any more.
	 * Returns what was kept, and this node's own takings among the rest. Throws what the storage throws; then all is as before.
	 */
	settle(): { kept: Block[]; lost: Block[] } {
		this.judge(this.#membership, ![...this.#staged.values()].some(isOfMembers));
		const kept: Block[] = [];
		const lost: Block[] = [];
		const written: number[] = [];
		try {
			for (const [slot, block] of this.#staged) {
				const number = this.index.numberOf(slot);
				const isKept = this.index.role(number) !== Role.none;
				if (!isKept && !(this.#lost + lost.length < lostTakingsLimit && this.isOwnTaking(block, number)))
					continue;
				this.put(slot, block);
				written.push(slot);
				// What it had lost and is not kept it remembers, but offers to nobody.
				if (this.isSelf(block.author)) {
					// Its number is another where others were dropped for it.
					this.index.setFlag(this.index.numberOf(slot), isKept ? Flag.own : Flag.before, true);
				}
				(isKept ? kept : lost).push(block);
			}
		} catch (error) {
			this.unstage();
			for (const slot of written) this.shelf.release(slot);
			this.judge();
			throw error;
		}
		this.#lost += lost.length;
		const unwritten = [...this.#staged.keys()].filter(slot => !written.includes(slot));
		this.#staged.clear();
		for (const slot of unwritten) {
			this.forget(slot);
			this.shelf.giveBack(slot);
		}
		this.forgetOwn();
		this.dropIdle();
		return { kept, lost };
	}

	/**
	 * There is another base of the era: all that is here is judged anew. `isReturn`: it is the one before. `owed`: the slots of what
	 * this node still had to say again.
	 */
	changeBase(isReturn: boolean, owed: readonly number[]): void {
		this.unstage();
		this.#lost = 0;
		const { index } = this;
		const newest = this.newestOwnTakings();
		index.clearFlag(Flag.late);
		for (const number of this.takings()) {
			const isWanted = index.hasFlag(number, Flag.own) || index.role(number) !== Role.none;
			// What the base covers stays until the next one, and is offered to its author.
			index.setFlag(number, Flag.late, isWanted);
		}
		for (const number of this.ownNumbers()) {
			const isOwn = index.hasFlag(number, Flag.own);
			const isBack = isReturn && index.hasFlag(number, Flag.before);
			index.setFlag(number, Flag.own, isBack || (isOwn && newest.includes(number)));
			index.setFlag(number, Flag.before, isOwn || owed.includes(index.slot(number)));
		}
		// A board has no room for both.
		this.#membership?.roster.grants.abandon();
		this.#membership = undefined;
		this.judge();
		for (const number of this.takings()) {
			if (index.role(number) !== Role.none) index.setFlag(number, Flag.late, false);
		}
		this.dropIdle();
	}

	/** `before`: what it came to, under the same base; `isLikelyAlike`: see `Settled`. */
	private judge(before?: Membership, isLikelyAlike = false): void {
		const touched = this.#touched;
		this.#membership?.roster.grants.abandon();
		this.#membership = settle(this, before && { membership: before, touched, isLikelyAlike });
		const { grants } = this.#membership.roster;
		if (this.#later === undefined) grants.ready();
		else this.#later(() => grants.ready());
		this.judged += 1;
		this.#touched.clear();
		this.#digests = {};
	}

	private touch(author: Uint8Array): void {
		if (this.#touched.find(author) < 0) this.#touched.add(author);
	}

	private ownNumbers(): number[] {
		const { index } = this;
		const self = this.#self;
		const numbers: number[] = [];
		if (self === undefined) return numbers;
		for (let number = index.firstOf(self); index.isBy(number, self); number += 1) numbers.push(number);
		return numbers;
	}

	/** The numbers of what owners took. */
	private takings(): number[] {
		const { index } = this;
		const numbers: number[] = [];
		for (let at = 0; at < takingKinds.length; at += 1) {
			const kind = takingKinds[at];
			for (let number = index.nextOf(kind, 0); number >= 0; number = index.nextOf(kind, number + 1)) {
				numbers.push(number);
			}
		}
		return numbers;
	}

	/** Forgets all blocks, for a new era; those that are stored are released, and the tables of older bases. */
	clear(isReleasing: boolean): void {
		this.unstage();
		if (isReleasing) {
			for (let number = 0; number < this.index.length; number += 1)
				this.shelf.release(this.index.slot(number));
			// After a start another opening with an equal table would seem to be here whole.
			this.shelf.deleteIdleTables();
		}
		this.index.clear();
		this.contents.clear();
		this.#membership = undefined;
		this.#digests = {};
		this.#lost = 0;
	}

	/** After a start: what is this node's own stays, and what owners took and the base covers. */
	finishLoading(): void {
		const { index } = this;
		this.judge();
		for (let number = 0; number < index.length; number += 1) {
			const isIdle = index.role(number) === Role.none;
			const isTaking = index.isTaking(number);
			if (this.isSelf(index.author(number))) {
				index.setFlag(number, Flag.own, !isIdle || isTaking);
				index.setFlag(number, Flag.before, isIdle && !isTaking);
			} else if (isIdle) index.setFlag(number, Flag.late, isTaking || this.shelf.hasDamage);
		}
		index.widen();
		this.dropIdle();
	}

	/** SHA-256 over the base's hash and those of what is kept; `isOfOwners`: of owners' blocks alone. */
	digest(isOfOwners: boolean): Uint8Array {
		const known = isOfOwners ? this.#digests.owners : this.#digests.all;
		if (known !== undefined) return known;
		const { index } = this;
		const digest = new Sha256();
		digest.write(this.base.hash);
		const owners = new Records(idLength);
		for (const { id } of this.owners) owners.add(id);
		const hashes = new Uint8Array(hashesAtOnce * prefixLength);
		let filled = 0;
		for (let number = 0; number < index.length; number += 1) {
			if (index.role(number) === Role.none) continue;
			if (isOfOwners && index.authorIn(owners, number) < 0) continue;
			index.copyHash(number, hashes, filled);
			filled += prefixLength;
			if (filled < hashes.length) continue;
			digest.write(hashes);
			filled = 0;
		}
		digest.write(hashes.subarray(0, filled));
		const made = digest.close();
		if (isOfOwners) this.#digests.owners = made;
		else this.#digests.all = made;
		return made;
	}

	/** The numbers of this node's own takings that it keeps in any case. */
	private newestOwnTakings(): number[] {
		const { index } = this;
		const numbers = this.ownNumbers().filter(
			number => index.hasFlag(number, Flag.own) && index.isTaking(number)
		);
		return numbers.sort((a, b) => index.value(b) - index.value(a)).slice(0, ownTakingsLimit);
	}

	/**
	 * Whether this node took something with a key that has not ended: who has an older one is not to have it do so again. Nor what the
	 * base before covered as well, or who shows it would take back what was given since; but who was removed never comes back.
	 */
	private isOwnTaking({ author, body }: Block, number: number): boolean {
		if (!this.isSelf(author) || takingOf(body) === 0) return false;
		const { base, spare } = this.shelf;
		const isBefore = spare !== undefined && spare.number < base.number;
		if (isBefore && body.kind !== Kind.remove && takingOf(body) <= coveredIn(spare, author)) return false;
		const chain = this.chainOf(author);
		return chain !== undefined && chain.endOf(number) < 0;
	}

	/**
	 * Of its own takings that have made way for others, and whose numbers say nothing of its next, the newest are enough: who has its key
	 * can make any amount.
	 */
	private forgetOwn(): void {
		const { index, base } = this;
		const idle: number[] = [];
		for (const number of this.ownNumbers()) {
			if (!index.hasFlag(number, Flag.own) || index.role(number) !== Role.none) continue;
			if (
				index.isTaking(number) &&
				!isUncovered(index.value(number), coveredIn(base.table, index.author(number)))
			)
				idle.push(number);
		}
		idle.sort((a, b) => index.value(b) - index.value(a));
		for (const number of idle.slice(ownTakingsLimit)) index.setFlag(number, Flag.own, false);
	}

	private firstKeyOf(id: Uint8Array): FirstKey | undefined {
		const add = this.addOf(id);
		if (add >= 0) return { key: this.contents.profile(this.index.slot(add)).key, turn: 0 };
		return this.shelf.hasBase ? this.base.table.members.get(id) : undefined;
	}

	/** The number of the add by which a node is a member, or -1 for all others. A row that it may have in the table counts for nothing. */
	addOf(id: Uint8Array): number {
		return this.index.admissionOf(id);
	}

	/**
	 * Stores a block; where there is no room, what is still to be dropped makes some: not what has lost its place just now, which has
	 * it again if the storage refuses after all.
	 */
	private put(slot: number, block: Block): void {
		try {
			this.shelf.put(slot, block);
		} catch (error) {
			if (!this.#isDropping) throw error;
			while (this.dropSome(true));
			this.shelf.deleteIdleTables();
			this.shelf.put(slot, block);
		}
	}

	/** Drops what has no role and stays for no other reason; what is more than a few, some turns later. */
	private dropIdle(): void {
		const later = this.#later;
		if (later === undefined) {
			while (this.dropSome());
			this.shelf.deleteIdleTables();
		}
		if (later === undefined || this.#isDropping) return;
		const drop = () => {
			this.#isDropping = this.dropSome();
			if (this.#isDropping) later(drop);
			else this.shelf.deleteIdleTables();
		};
		this.#isDropping = true;
		later(drop);
	}

	/** `isOld`: only what had no place before all was judged the last time. Returns whether there may be more. */
	private dropSome(isOld = false): boolean {
		const { index } = this;
		let left = droppedAtOnce;
		let number = index.nextWith(Role.none, 0);
		while (number >= 0) {
			const slot = index.slot(number);
			const isFlagged = index.hasFlag(number, Flag.own | Flag.before | Flag.late);
			if (isFlagged || this.#staged.has(slot) || (isOld && index.hadRole(number))) number += 1;
			else {
				if (left === 0) return true;
				left -= 1;
				this.forgetAt(number);
				this.shelf.release(slot);
			}
			number = index.nextWith(Role.none, number);
		}
		return false;
	}

	/** Takes a block out of what the rules see. */
	drop(slot: number): void {
		this.forget(slot);
	}

	private forget(slot: number): void {
		const number = this.index.numberOf(slot);
		if (number < 0) return;
		this.touch(this.index.author(number).slice());
		this.forgetAt(number);
	}

	private forgetAt(number: number): void {
		this.contents.forget(this.index.slot(number), this.index.kind(number));
		this.index.remove(number);
	}
}
