import { founderAction, isRank, Kind } from "./body.js";
import type { Blocks } from "./effect.js";
import { type IdText, idText } from "./node-id.js";
import { Person, type RankGrant } from "./person.js";
import { Rank } from "./rank.js";
import type { Table } from "./table.js";

/**
 * Who stands where: ranks, removals and new keys, by the blocks that say so. Ranks are settled from above: the
 * recovery key's blocks are judged first, then the founders' by what these say, then the admins'; within a rank in the
 * order of the blocks. So nothing depends on itself, and nobody gains by writing an old date: what a rank does is
 * judged against all blocks that do not rest on it. Each rule is a function with its sentence above it.
 */
export class Standing {
	/** In the order of the base, then as the blocks name them. */
	readonly people = new Map<IdText, Person>();
	/** Ids that are removed. */
	readonly removed: Set<IdText>;
	/** Blocks of one author with one sequence: the one, and the next after it in the order. */
	readonly twins: (readonly [number, number])[] = [];
	readonly #blocks: Blocks;
	/** The author of each block. */
	readonly #authors: Person[] = [];
	/** Numbers of removals and ranks that count. */
	readonly #rankActs = new Set<number>();

	constructor(blocks: Blocks, base: Table, recovery: Uint8Array | null) {
		this.#blocks = blocks;
		this.removed = new Set(base.removed.map(idText));
		for (const member of base.members) {
			const text = idText(member.id);
			this.people.set(text, new Person({ text, base: member, isRecovery: false, next: member.next }));
		}
		if (recovery !== null) {
			const text = idText(recovery);
			this.people.set(text, new Person({ text, base: undefined, isRecovery: true, next: base.recoveryNext }));
		}
		this.#noteAuthors();
		this.#settleRank(Rank.recovery);
		this.#settleRank(Rank.founder);
		this.#settleRank(Rank.admin);
		this.#dropRotatesOfStrangers();
	}

	/** The person of that id, new where nothing was heard of it before. */
	person(id: Uint8Array): Person {
		const text = idText(id);
		let person = this.people.get(text);
		if (person === undefined) {
			person = new Person({ text, base: undefined, isRecovery: false, next: 0 });
			this.people.set(text, person);
		}
		return person;
	}

	author(number: number): Person {
		const author = this.#authors[number];
		if (author === undefined) throw new RangeError(`no block ${number}`);
		return author;
	}

	/** Whether a removal or a rank counts. */
	isRankAct(number: number): boolean {
		return this.#rankActs.has(number);
	}

	/** The rank of a person as block `number` is judged by it: by the last word among all blocks that do not rest on it. */
	rankAt(person: Person, number: number | undefined): Rank {
		return this.#lastWord(person, ({ number: at }) => number === undefined || !this.#isFrom(at, number));
	}

	/**
	 * The rank that shields a person from what block `number` does to it: what it was given by any block that does not
	 * rest on this one, unless this one knows that it was taken back.
	 */
	#shieldAgainst(person: Person, number: number): Rank {
		return this.#lastWord(
			person,
			({ number: at, granted }) => !this.#isFrom(at, number) && (granted || this.#blocks.restsOn(number, at))
		);
	}

	/** Whether block `number` is `origin` or rests on it. */
	#isFrom(number: number, origin: number): boolean {
		return number === origin || this.#blocks.restsOn(number, origin);
	}

	#lastWord(person: Person, isHeard: (given: RankGrant) => boolean): Rank {
		if (person.isRecovery) return Rank.recovery;
		let isFounder = person.base?.rank === Rank.founder;
		let isAdmin = person.base?.rank === Rank.admin;
		for (const given of person.ranks) {
			if (!isHeard(given)) continue;
			if (given.isFounder) isFounder = given.granted;
			else isAdmin = given.granted;
		}
		if (isFounder) return Rank.founder;
		return isAdmin ? Rank.admin : Rank.member;
	}

	/** Nobody acts by a rank that it could not know of: the block that gave it is among the ancestors. */
	actsAs(person: Person, number: number): Rank {
		const rank = this.rankAt(person, number);
		if (person.isRecovery || rank === Rank.member || person.base?.rank === rank) return rank;
		const isKnown = person.ranks.some(
			given =>
				given.granted &&
				given.isFounder === (rank === Rank.founder) &&
				this.#blocks.restsOn(number, given.number)
		);
		return isKnown ? rank : Rank.member;
	}

	/** A block counts only from who was a member before it: by the base, or by an admission among its ancestors. */
	isMemberAt({ base, admissions }: Person, number: number): boolean {
		return base !== undefined || admissions.some(admission => this.#blocks.restsOn(number, admission));
	}

	isVoid(author: Person, number: number): boolean {
		return this.isAfterRemoval(author, number) || this.#isBesideRotate(author, number);
	}

	/**
	 * A block of a removed author counts only if a counting removal of it has that block as an ancestor; and so for what
	 * others do about it.
	 */
	isAfterRemoval({ text, removals }: Person, number: number): boolean {
		if (!this.removed.has(text)) return false;
		return !removals.some(removal => this.#blocks.restsOn(removal, number));
	}

	/** Of two rotates of one author that do not rest on one another neither new key may act. */
	isContested(author: Person, rotate: number): boolean {
		if (!author.isForked) return false;
		const blocks = this.#blocks;
		return author.rotates.some(
			other =>
				other !== rotate &&
				!blocks.restsOn(other, rotate) &&
				!blocks.restsOn(rotate, other) &&
				!this.isAfterRemoval(author, other)
		);
	}

	/** After a counting rotate, a block under the old key counts only if it is an ancestor of the rotate. */
	#isBesideRotate(author: Person, number: number): boolean {
		const blocks = this.#blocks;
		if (author.base?.isFrozen) return true;
		for (const rotate of author.rotates) {
			if (rotate === number || blocks.restsOn(rotate, number)) continue;
			if (this.isAfterRemoval(author, rotate)) continue;
			const isUnderNewKey = blocks.restsOn(number, rotate);
			if (isUnderNewKey ? this.isContested(author, rotate) : blocks.kind(number) !== Kind.rotate) return true;
		}
		return false;
	}

	#noteAuthors(): void {
		const blocks = this.#blocks;
		for (let number = 0; number < blocks.length; number += 1) {
			const author = this.person(blocks.author(number));
			const sequence = blocks.sequence(number);
			// Only one whose sequence is not the highest so far can have a twin before it.
			if (sequence < author.next) this.#noteTwin(author, number);
			else author.next = sequence + 1;
			this.#authors.push(author);
			if (blocks.kind(number) === Kind.rotate && !author.isRecovery) this.#noteRotate(author, number);
		}
	}

	#noteTwin(author: Person, number: number): void {
		const sequence = this.#blocks.sequence(number);
		for (let other = number - 1; other >= 0; other -= 1) {
			if (this.#authors[other] !== author || this.#blocks.sequence(other) !== sequence) continue;
			this.twins.push([other, number]);
			return;
		}
	}

	/** Rotates of which each rests on the one before it contest nothing. */
	#noteRotate(author: Person, number: number): void {
		const before = author.rotates[author.rotates.length - 1];
		if (before !== undefined && !this.#blocks.restsOn(number, before)) author.isForked = true;
		author.rotates = [...author.rotates, number];
	}

	/** The removals and ranks by those who act under this rank. */
	#settleRank(rank: Rank): void {
		const blocks = this.#blocks;
		for (let number = 0; number < blocks.length; number += 1) {
			const kind = blocks.kind(number);
			const isRemoval = kind === Kind.remove;
			if (!isRemoval && !(kind === Kind.grant && isRank(blocks.action(number)))) continue;
			const author = this.author(number);
			if (this.actsAs(author, number) !== rank || this.isVoid(author, number)) continue;
			if (isRemoval) this.#remove(blocks.removed(number), rank, number);
			else this.#giveRank(rank, number);
		}
	}

	/** A removal counts only from a higher rank than the target's; so no two can remove each other. */
	#remove(ids: readonly Uint8Array[], rank: Rank, number: number): void {
		for (const id of ids) {
			const target = this.person(id);
			if (this.#shieldAgainst(target, number) >= rank) continue;
			target.removals = [...target.removals, number];
			this.removed.add(target.text);
			this.#rankActs.add(number);
		}
	}

	/**
	 * The founder makes admins, the recovery key founders; a rank counts only from a higher one than the target has, and
	 * never for one that the block knows to be removed. Who was given a rank is a member by that, whatever becomes of
	 * its sponsor.
	 */
	#giveRank(rank: Rank, number: number): void {
		const isFounder = this.#blocks.action(number) === founderAction;
		const granted = this.#blocks.isGranted(number);
		const isAllowed = isFounder ? rank === Rank.recovery : rank >= Rank.founder;
		const target = this.person(this.#blocks.subject(number));
		if (!isAllowed || this.#shieldAgainst(target, number) >= rank || this.#isKnownRemoved(target, number))
			return;
		target.rank({ number, isFounder, granted });
		if (granted) target.admissions = [...target.admissions, number];
		this.#rankActs.add(number);
	}

	#isKnownRemoved({ text, removals }: Person, number: number): boolean {
		if (!this.removed.has(text)) return false;
		return removals.length === 0 || removals.some(removal => this.#blocks.restsOn(number, removal));
	}

	/** A rotate counts only from a member; whether a rotate of its sponsor voids its add is not asked here. */
	#dropRotatesOfStrangers(): void {
		const blocks = this.#blocks;
		if (![...this.people.values()].some(person => person.rotates.length > 0)) return;
		const adds = new Map<Person, number[]>();
		const stands = (person: Person, number: number) =>
			this.isMemberAt(person, number) || (adds.get(person) ?? []).some(add => blocks.restsOn(number, add));
		// Who gives a rank to one that took a new key has seen that key.
		const isSeen = ({ admissions }: Person, rotate: number) =>
			admissions.some(admission => blocks.restsOn(admission, rotate));
		for (let number = 0; number < blocks.length; number += 1) {
			const author = this.author(number);
			if (blocks.kind(number) !== Kind.add || !stands(author, number)) continue;
			const target = this.person(blocks.subject(number));
			if (this.isAfterRemoval(author, number) || this.isAfterRemoval(target, number)) continue;
			const known = adds.get(target);
			if (known === undefined) adds.set(target, [number]);
			else known.push(number);
		}
		for (const person of this.people.values()) {
			person.rotates = person.rotates.filter(rotate => stands(person, rotate) || isSeen(person, rotate));
		}
	}
}
