import { compareBytes, equalBytes, Records } from "../bytes/bytes.js";
import { derivePublicKey, type Steps } from "../crypto/crypto.js";
import { type BasePlace, compareBases, placeOf, type Standing, standingOf } from "./base.js";
import { type Block, signBlock } from "./block.js";
import { Role } from "./block-role.js";
import {
	type CheckpointBody,
	checkpointLimit,
	Kind,
	type OpeningBody,
	type OwnerKey,
	prefixLength
} from "./body.js";
import { anchorsLimit, type Bundle } from "./bundle.js";
import { BlockError, overtaken } from "./chain-error.js";
import { EraKeys } from "./era-keys.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { coverOf, firstTurn, nextTable, openingTable, type Said, type Succession } from "./next-table.js";
import { idLength, nodeIdOf } from "./node-id.js";
import { OwnTakings } from "./own-takings.js";
import { lostKey } from "./pen.js";
import type { Shelf, SpareBase, StoredBase, TableDraft } from "./shelf.js";
import { type Cover, hashOfTable, partsOfTable, removedLimit, type Table } from "./table.js";
import { encodeTable, type WrittenTable, writeTable } from "./table-format.js";
import { decodeTable } from "./table-reader.js";

/** Who signs, and when. */
export interface Signer {
	readonly author: Uint8Array;
	readonly privateKey: Uint8Array;
	/** The private key's, 33 bytes, where it is known: then it is not worked out, and this node's own signature not checked. */
	readonly publicKey?: Uint8Array;
	/** Seconds since 1970, or null without a clock. */
	readonly time: number | null;
}

/** How often a table is worked out that something else came into, before it is signed as it is. */
const draftsLimit = 3;

/** What the blocks rest on: making one anew, handing it on, and changing to another. */
export class Bases {
	readonly #shelf: Shelf;
	readonly #logs: Logs;
	readonly #members: () => Membership;
	readonly #owed: () => readonly number[];
	/** Ids that were removed and are not in the ruling table, as where this node left a line of checkpoints: the latest. */
	left = new Records(idLength);

	/** `owed`: the slots of this node's blocks that have to be said again. */
	constructor(options: {
		logs: Logs;
		members: () => Membership;
		owed: () => readonly number[];
	}) {
		this.#logs = options.logs;
		this.#shelf = options.logs.shelf;
		this.#members = options.members;
		this.#owed = options.owed;
	}

	/**
	 * Signs a checkpoint over all that is here and makes it the one that rules, with pauses: a board takes half a second to write the
	 * largest table, and half a second to judge all anew. What comes meanwhile it may not cover. `signer`: asked when the table is
	 * made. Throws a BlockError.
	 */
	*checkpoint(author: Uint8Array, said: Said, signer: () => Signer & { turn: number }): Steps<Block> {
		if (this.#logs.base.number >= checkpointLimit)
			throw new BlockError("checkpoint", "an owner has used up all checkpoints: only the recovery key helps");
		const base = this.now;
		const draft = this.#shelf.begin();
		try {
			for (let drafts = 1; ; drafts += 1) {
				const { judged } = this.#logs;
				const says = this.tableOver(author, said);
				yield;
				const { hash, granted } = yield* this.write(says, draft);
				says.members.grants.trim(granted);
				yield;
				this.checkRules(base);
				if (judged !== this.#logs.judged && drafts < draftsLimit) continue;
				const { place, block } = this.sign(signer(), hash);
				yield;
				this.checkRules(base);
				if (!this.#shelf.holds(draft)) throw overtaken();
				const [genesis, opening] = [this.genesis, this.#shelf.opening?.block];
				const stored = this.#shelf.store({ place, block, says, table: draft, genesis, opening });
				yield;
				if (!this.mayRule(stored, base)) {
					this.#shelf.discard(stored);
					throw overtaken();
				}
				this.rule(() => this.#shelf.rule(stored));
				return block;
			}
		} finally {
			this.#shelf.giveUp(draft);
		}
	}

	private write(table: Table, draft: TableDraft): Steps<WrittenTable> {
		const { partLength } = this.#shelf.storage;
		return writeTable({ table, partLength, put: (part, bytes) => this.#shelf.writePart(draft, part, bytes) });
	}

	private checkRules(base: Uint8Array | undefined): void {
		if (this.now !== base) throw overtaken();
	}

	/** Whether a base that was stored over `base` may rule: another may have come in the pause, or have been stored in its place. */
	mayRule(stored: StoredBase, base: Uint8Array | undefined): boolean {
		return this.now === base && this.#shelf.holds(stored.draft);
	}

	private sign(
		{ author, privateKey, publicKey, time, turn }: Signer & { turn: number },
		hash: Uint8Array
	): { place: BasePlace; block: Block } {
		const { base, era } = this.#logs;
		const number = base.number + 1;
		const body: CheckpointBody = {
			kind: Kind.checkpoint,
			era: base.era,
			opening: base.opening,
			number,
			hash
		};
		const previous = base.hash.subarray(0, prefixLength);
		const block = signBlock({ era, previous, author, turn, sequence: 0, time, body }, privateKey);
		const key = publicKey ?? this.#logs.chainOf(author)?.signerOf(block);
		const place = placeOf(block, key);
		if (key === undefined || place === undefined) throw lostKey();
		return { place, block };
	}

	/** The table that a checkpoint by `author` would have. Throws a BlockError where there can be none. */
	tableOver(author: Uint8Array, said: Said = {}): Table {
		const own = new OwnTakings(this.#logs, author);
		return nextTable({ logs: this.#logs, members: this.#members(), own, left: this.left, said });
	}

	/** Up to which number a checkpoint would cover what an owner took. `own`: what its signer took. */
	coverOf(id: Uint8Array, own: OwnTakings): Cover {
		return coverOf(this.#logs, id, own);
	}

	/**
	 * Signs the opening of a new era with the recovery key and makes it what rules: what was removed or granted before
	 * counts no more, and who is not named is out. Throws a BlockError.
	 */
	open(succession: Succession, { privateKey, time }: Omit<Signer, "author">): Block {
		const { base } = this.#logs;
		const genesis = this.genesis;
		const recovery = this.#shelf.genesis?.body.recovery ?? null;
		if (recovery === null) throw new BlockError("rank", "the home has no recovery key");
		// A quarter of what the check of its signature takes.
		if (!equalBytes(derivePublicKey(privateKey), recovery))
			throw new BlockError("rank", "that is not this home's recovery key");
		const owners = succession.owners.map((id): OwnerKey => {
			const { returning = [] } = succession;
			const member = returning.find(row => equalBytes(row.id, id)) ?? this.#members().get(id);
			if (member === undefined) throw new BlockError("rank", "only a member can be made an owner");
			return { id: member.id.slice(), key: member.key.slice(), turn: firstTurn(member) };
		});
		owners.sort((a, b) => compareBytes(a.id, b.id));
		const table = encodeTable(openingTable(succession, this.#members()));
		const says = decodeTable(table);
		const hash = hashOfTable(partsOfTable(table, says));
		const body: OpeningBody = { kind: Kind.opening, era: base.era + 1, hash, owners };
		const author = nodeIdOf(recovery);
		const previous = genesis.hash.subarray(0, prefixLength);
		const block = signBlock(
			{ era: previous, previous, author, turn: 0, sequence: 0, time, body },
			privateKey
		);
		const place = placeOf(block, undefined);
		if (place === undefined) throw new BlockError("checkpoint", "not an opening");
		const stored = this.#shelf.store({ place, block, says, table, genesis, opening: block });
		this.rule(() => this.#shelf.rule(stored));
		return block;
	}

	/** The base, for a peer that has an older one; undefined for the genesis block, or where its table cannot be read. */
	get bundle(): Bundle | undefined {
		const { base, storage } = this.#shelf;
		const table = this.#shelf.tableBytesOf(base);
		if (table === undefined) return undefined;
		return { checkpoint: storage.read(base.slot), table, anchors: this.anchors.map(({ cose }) => cose) };
	}

	/** The genesis block, the era's opening where that is not the base, and the owners' new keys. */
	get anchors(): readonly Block[] {
		const { genesis, opening, base } = this.#shelf;
		const anchors: Block[] = [];
		if (genesis !== undefined) anchors.push(genesis.block);
		if (opening !== undefined && opening.slot !== base.slot) anchors.push(opening.block);
		return [...anchors, ...this.ownRotates].slice(0, anchorsLimit);
	}

	/** The keys of the owners of this era: those that are here, and those that others show. A pause before each check of a signature. */
	*keysWith(rotates: readonly Block[]): Steps<EraKeys> {
		const keys = new EraKeys(this.#logs.owners);
		for (const rotate of this.ownRotates) {
			const signer = this.#logs.chainOf(rotate.author)?.keysAt(rotate.turn - 1)[0];
			if (signer !== undefined) keys.know(rotate, signer);
		}
		yield* keys.take(rotates);
		return keys;
	}

	/**
	 * The hash of the base that rules, for each base one object; undefined where there is none yet. To be kept over a pause: the base itself
	 * would keep its table, and a board has no room for that of one that rules no more.
	 */
	get now(): Uint8Array | undefined {
		return this.#shelf.hasBase ? this.#shelf.base.hash : undefined;
	}

	/** After a start: what the base before had as removed was in a line that this node left. */
	restoreLeft(removed: Records): void {
		this.leave(removed);
	}

	/** Goes on with what the ruling table does not say of ids that were removed. */
	private leave(removed: Records): void {
		const { table } = this.#shelf.base;
		const left = new Records(idLength);
		for (const ids of [this.left, removed]) {
			for (let number = 0; number < ids.count; number += 1) {
				if (table.removed.findOf(ids, number, 0, idLength) >= 0) continue;
				if (left.findOf(ids, number, 0, idLength) < 0) left.addFrom(ids, number);
			}
		}
		while (left.count > removedLimit) left.remove(0);
		this.left = left;
	}

	/** Whether a base counts, by the keys of its signer that are known here. */
	standing(base: BasePlace): Standing {
		const chain = this.#logs.chainOf(base.author);
		return chain === undefined ? "good" : standingOf(base, chain);
	}

	/**
	 * Where an owner's new key came, the base before may come before the one that rules: that has fallen, or the other counts again. Returns
	 * whether it rules now. With pauses: a board takes half a second to read its table.
	 */
	*fall(): Steps<boolean> {
		for (let read: { of: SpareBase; table: Table } | undefined; ; ) {
			const spare = this.higherSpare;
			if (spare === undefined) return false;
			// Where another came in a pause, all is asked anew.
			if (read?.of === spare) {
				const { table } = read;
				this.rule(() => this.#shelf.fallBack(table));
				return true;
			}
			const table = yield* this.#shelf.readSpare();
			if (table === undefined) return false;
			read = { of: spare, table };
			yield;
		}
	}

	/** The base before, where it comes before the one that rules. */
	private get higherSpare(): SpareBase | undefined {
		const { base, spare } = this.#shelf;
		if (spare === undefined) return undefined;
		const [mine, other] = [base, spare].map(one => ({ ...one, standing: this.standing(one) }));
		return mine !== undefined && other !== undefined && compareBases(other, mine) > 0 ? spare : undefined;
	}

	private get genesis(): Block {
		const { genesis } = this.#shelf;
		if (genesis === undefined) throw new BlockError("home", "the home's genesis block is not here");
		return genesis.block;
	}

	/** Changes the base. */
	rule(change: () => void): void {
		const owed = this.#shelf.hasBase ? this.#owed() : [];
		const spare = this.#shelf.spare?.hash;
		if (this.changeBase(change)) {
			this.#logs.changeBase(spare !== undefined && equalBytes(spare, this.#shelf.base.hash), owed);
		} else {
			this.left = new Records(idLength);
			this.#logs.clear(true);
		}
	}

	/** Returns whether the base is of the era that was before. Nothing of the one before stays in use: a board has no room for both. */
	private changeBase(change: () => void): boolean {
		const opening = this.#shelf.hasBase ? this.#shelf.base.opening : undefined;
		const { removedIds } = this.#members();
		change();
		if (opening === undefined || !equalBytes(opening, this.#shelf.base.opening)) return false;
		this.leave(removedIds);
		return true;
	}

	/** The new keys that owners took in this era, by turn. */
	get ownRotates(): readonly Block[] {
		const { index } = this.#logs;
		const rotates: Block[] = [];
		for (let number = 0; number < index.length; number += 1) {
			if (index.role(number) === Role.rotate && this.#logs.isOwner(index.author(number))) {
				rotates.push(this.#shelf.read(index.slot(number)));
			}
		}
		return rotates.sort((a, b) => a.turn - b.turn);
	}
}
