import { equalBytes } from "../bytes/bytes.js";
import { isAnchor, memberIn, recoveryIdOf } from "./base.js";
import { Block, hashLength, signBlock } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { type Body, Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import { effectOf } from "./effect.js";
import { Founders, orderOfAnchor } from "./founders.js";
import type { Judge } from "./judge.js";
import { LiveBlocks } from "./live-blocks.js";
import type { Membership } from "./membership.js";
import { withNext } from "./roster.js";
import { decodeTable, encodeTable, hashOfTable, partsOfTable, type Table } from "./table.js";

/** A checkpoint as it travels: the block, its table, and what shows who the founders are. */
export interface Bundle {
	readonly checkpoint: Uint8Array;
	readonly table: Uint8Array;
	/** The genesis block and the blocks since by which founders came and changed their keys, in order. */
	readonly anchors: readonly Uint8Array[];
}

/** Checkpoints: making one, handing it on, and judging another's. */
export class Checkpoints {
	readonly #set: BlockSet;
	readonly #judge: Judge;
	readonly #members: () => Membership;

	constructor(options: { blocks: BlockSet; judge: Judge; members: () => Membership }) {
		this.#set = options.blocks;
		this.#judge = options.judge;
		this.#members = options.members;
	}

	/** Signs a checkpoint over all that is here and makes it the one that rules. */
	issue({
		author,
		privateKey,
		time
	}: {
		author: Uint8Array;
		privateKey: Uint8Array;
		time: number | null;
	}): Block {
		const { home, base } = this.#set;
		if (home === undefined || base === undefined) throw new BlockError("home", "there is no home yet");
		const number = base.number + 1;
		const draft: Body = { kind: Kind.checkpoint, number, hash: new Uint8Array(hashLength) };
		this.#judge.checkRight(author, draft);
		const parents = this.#judge.parentsFor(author, draft);
		const sequence = this.#judge.nextSequence(author, this.#set.rowOver(parents));
		const says = this.#tableOver(parents, author);
		const table = encodeTable(says);
		const body: Body = { ...draft, hash: hashOfTable(partsOfTable(table, says)) };
		const block = signBlock({ home, parents, author, time, body, sequence }, privateKey);
		this.#establish(block, table, []);
		return block;
	}

	/** The checkpoint that rules, for a peer that has an older one; undefined where there is none. */
	get bundle(): Bundle | undefined {
		const { base, storage } = this.#set;
		if (base === undefined || base.number === 0) return undefined;
		const table = this.#set.tableBytes;
		if (table === undefined) return undefined;
		return { checkpoint: storage.read(base.slot), table, anchors: this.anchors.map(({ cose }) => cose) };
	}

	/** The genesis block and the blocks since by which founders came and changed their keys, in order. */
	get anchors(): Block[] {
		const { index, storage } = this.#set;
		const anchors: Block[] = [];
		for (let number = 0; number < index.length; number += 1) {
			if (index.isAnchor(number)) anchors.push(new Block(storage.read(index.slot(number))));
		}
		return anchors.sort((a, b) => orderOfAnchor(a) - orderOfAnchor(b) || a.sequence - b.sequence);
	}

	/**
	 * Judges a checkpoint of a higher number than the one that rules and makes it the one. Undefined when it is no newer.
	 * Throws a BlockError when it is not by a founder, when the table is not what the blocks that are here come to, or
	 * when it forgets a removal.
	 */
	adopt({ checkpoint, table, anchors }: Bundle, checkFounded: (genesis: Block) => void): Block | undefined {
		const block = new Block(checkpoint);
		const { body } = block;
		if (body.kind !== Kind.checkpoint) throw new BlockError("checkpoint", "not a checkpoint");
		const ruling = this.#set.base?.number ?? 0;
		if (this.#set.index.find(block.hash) >= 0 || body.number < ruling) return undefined;
		if (body.number === ruling) {
			throw new BlockError("checkpoint", `there is another checkpoint of number ${body.number}`);
		}
		if (!this.#set.isOfHome(block)) throw new BlockError("home", "the checkpoint is of another home");
		const read = decodeTable(table);
		if (!equalBytes(hashOfTable(partsOfTable(table, read)), body.hash)) {
			throw new BlockError("table", "it comes with another table");
		}
		const brought = anchors.map(cose => new Block(cose)).filter(({ hash }) => this.#set.index.find(hash) < 0);
		for (const anchor of brought) {
			if (!this.#set.isOfHome(anchor)) throw new BlockError("home", "a block of another home came with it");
			checkFounded(anchor);
		}
		if (!block.isSignedBy(this.#founderKey(block.author, brought))) {
			throw new BlockError("signature", "the checkpoint's signature is wrong");
		}
		this.#checkTable(block, read, table);
		const genesis = this.#set.genesis ?? brought.map(genesisIn).find(found => found !== undefined);
		const recovery = recoveryIdOf(genesis);
		this.#establish(
			block,
			table,
			brought.filter(anchor => isAnchor(read, recovery, anchor))
		);
		return block;
	}

	/** In this order, so that a cut leaves the old checkpoint or the new one. */
	#establish(block: Block, table: Uint8Array, anchors: readonly Block[]): void {
		const { storage } = this.#set;
		storage.withReserve(() => {
			for (const anchor of anchors) this.#set.write(anchor);
			storage.writeTable(this.#set.freeTablePlace, table);
			this.#set.write(block);
		});
		this.#set.load();
	}

	/** Every node that has the blocks computes the table itself; who has not sees that no removal is forgotten. */
	#checkTable({ parents, author }: Block, read: Table, bytes: Uint8Array): void {
		const row = this.#set.rowOver(parents);
		if (row !== undefined && this.#set.restsOnBase(row)) {
			if (equalBytes(encodeTable(this.#tableOver(parents, author)), bytes)) return;
			throw new BlockError("table", "the table is not what the blocks come to");
		}
		const forgotten = this.#set.base?.table.removed.find(
			id => memberIn(read, id) !== undefined || !read.removed.some(other => equalBytes(other, id))
		);
		if (forgotten !== undefined) throw new BlockError("checkpoint", "the checkpoint forgets a removal");
	}

	/** What the blocks under these parents come to, the checkpoint itself counted among its author's. */
	#tableOver(parents: readonly Uint8Array[], author: Uint8Array): Table {
		const { base, recovery, profiles } = this.#set;
		const within = this.#set.rowOver(parents);
		if (base === undefined || within === undefined) throw new BlockError("parents", "a parent is not here");
		const profileOf = (slot: number) => profiles.look(slot);
		const live = new LiveBlocks({ blocks: this.#set, profileOf, within });
		const { membership } = effectOf(live, base.table, recovery);
		const own = membership.get(author);
		const isRecovery = recovery !== null && equalBytes(recovery, author);
		return {
			height: this.#set.heightOver(parents),
			recoveryNext: membership.recoveryNext + (isRecovery ? 1 : 0),
			members: membership.rosterWith(own === undefined ? [] : [withNext(own, own.next + 1)]),
			removed: membership.removed
		};
	}

	/** The key that a founder's checkpoint is signed with. Throws a BlockError for anyone else's. */
	#founderKey(author: Uint8Array, brought: readonly Block[]): Uint8Array {
		const members = this.#members();
		const founders = new Founders({ genesis: this.#set.genesis, members: members.all });
		for (const anchor of brought) {
			founders.follow(anchor);
		}
		const key = founders.keyOf(author);
		if (key === undefined || members.isRemoved(author)) {
			throw new BlockError("rank", "the checkpoint is not by a founder");
		}
		return key;
	}
}

function genesisIn({ body }: Block) {
	return body.kind === Kind.genesis ? body : undefined;
}
