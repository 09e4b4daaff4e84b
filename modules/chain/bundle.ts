import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import { type BasePlace, ownerPlaces, placeOf, type Standing, standingOf } from "./base.js";
import { Block } from "./block.js";
import { Kind, type OwnerKey, prefixLength } from "./body.js";
import { BlockError } from "./chain-error.js";
import { EraKeys } from "./era-keys.js";
import { homeIdLength, idText, nodeIdOf } from "./node-id.js";
import type { Shelf } from "./shelf.js";
import { hashOfTable, partsOfTable, type Table } from "./table.js";
import { readTable } from "./table-reader.js";

/** A base as it travels: its block, its table, and what shows who the owners are. */
export interface Bundle {
	/** A checkpoint, or the opening of an era. */
	readonly checkpoint: Uint8Array;
	readonly table: Uint8Array;
	/** The genesis block, the era's opening, and the owners' new keys since, in order. */
	readonly anchors: readonly Uint8Array[];
}

/** Most blocks that come with a base: genesis, opening, and five new keys of three owners, with two rivals each. */
export const anchorsLimit = 20;

/** The blocks of a bundle, and how they hang together; no table is looked at yet. */
export class Offer {
	readonly block: Block;
	/** As it came: see `readTable`. */
	readonly table: Uint8Array;
	/** In whose share of writes it counts. */
	readonly bringer: string;
	readonly #brought: readonly Block[];
	#genesis: Block | undefined;
	#says: Table | undefined;
	/** What is wrong with its table, once it was read. */
	#fault: BlockError | undefined;
	#opening: Block | undefined;

	/** `bringer`: who brings it, or its author. Throws a BlockError for what is no bundle. */
	constructor({ checkpoint, table, anchors }: Bundle, bringer?: string) {
		this.block = new Block(checkpoint);
		this.table = table;
		this.bringer = bringer ?? idText(this.block.author);
		const { kind } = this.block.body;
		if (kind !== Kind.checkpoint && kind !== Kind.opening)
			throw new BlockError("checkpoint", "not a checkpoint");
		if (anchors.length > anchorsLimit)
			throw new BlockError("checkpoint", "too much comes with the checkpoint");
		this.#brought = anchors.map(cose => new Block(cose));
	}

	/**
	 * Finds out of which home and era it is, before all else is asked of it. `shelf`: what is here already. A pause before each
	 * check of a signature. Throws a BlockError for what is not of this home.
	 */
	*anchor(shelf: Shelf): Steps<void> {
		this.#genesis = yield* genesisAmong(this.#brought, shelf);
		this.#opening = yield* openingAmong(this.block, this.#brought, this.#genesis, shelf);
	}

	get genesis(): Block {
		if (this.#genesis === undefined) throw new BlockError("home", "the home's genesis block is not here");
		return this.#genesis;
	}

	/** The opening of its era; undefined for the first. */
	get opening(): Block | undefined {
		return this.#opening;
	}

	/** The hash of the opening of its era. */
	get era(): Uint8Array {
		return (this.opening ?? this.genesis).hash;
	}

	/** Whether the recovery key has replaced its era by that of a base. */
	isOfLowerEra({ era, opening }: BasePlace): boolean {
		const { body } = this.opening ?? this.genesis;
		const own = body.kind === Kind.opening ? body.era : 0;
		return own < era || (own === era && compareBytes(this.era, opening) > 0);
	}

	get owners(): readonly OwnerKey[] {
		const { body } = this.opening ?? this.genesis;
		if (body.kind === Kind.opening) return body.owners;
		return body.kind === Kind.genesis ? [{ id: nodeIdOf(body.key), key: body.key, turn: 0 }] : [];
	}

	/** The rotates of its era that come with it, by turn. */
	get rotates(): readonly Block[] {
		const era = this.era.subarray(0, prefixLength);
		const rotates = this.#brought.filter(
			block => block.body.kind === Kind.rotate && equalBytes(block.era, era)
		);
		return rotates.sort((a, b) => a.turn - b.turn);
	}

	/** The owners' keys as the rotates that come with it show them. A pause before each check of a signature. */
	*keys(): Steps<EraKeys> {
		const keys = new EraKeys(this.owners);
		yield* keys.take(this.rotates);
		return keys;
	}

	/** Where the base stands, by the keys of its era. Throws a BlockError where no owner signed it. */
	placeBy(keys: Pick<EraKeys, "chainOf">): { place: BasePlace; standing: Standing } {
		const { block } = this;
		const isByOwner = this.owners.some(({ id }) => equalBytes(id, block.author));
		const chain = block.body.kind === Kind.checkpoint && isByOwner ? keys.chainOf(block.author) : undefined;
		if (block.body.kind === Kind.checkpoint && chain === undefined) {
			throw new BlockError("rank", "the checkpoint is not by an owner");
		}
		const place = placeOf(block, chain?.checkSigner(block, "checkpoint"));
		if (place === undefined) throw new BlockError("checkpoint", "not a checkpoint");
		return { place, standing: chain === undefined ? "good" : standingOf(place, chain) };
	}

	/**
	 * Its table, with pauses, unless it was read before. Throws a BlockError for another than its block says, and for one that cannot
	 * be of its era and number.
	 */
	*readTable(): Steps<Table> {
		if (this.#fault !== undefined) throw this.#fault;
		try {
			this.#says ??= yield* this.#readTable();
		} catch (error) {
			if (error instanceof BlockError) this.#fault = error;
			throw error;
		}
		return this.#says;
	}

	*#readTable(): Steps<Table> {
		const { body } = this.block;
		const says = yield* readTable(this.table);
		if (body.kind !== Kind.checkpoint && body.kind !== Kind.opening)
			throw new BlockError("checkpoint", "not a checkpoint");
		if (!equalBytes(hashOfTable(partsOfTable(this.table, says)), body.hash)) {
			throw new BlockError("table", "it comes with another table");
		}
		checkOwners(says, this.owners);
		const number = body.kind === Kind.checkpoint ? body.number : 0;
		if (says.covers.some(({ taking }) => taking > ownerPlaces * number)) {
			throw new BlockError("table", "it covers more than there can have been");
		}
		return says;
	}
}

/** A table has rows of the owners that the era's opening names, and of no others. */
function checkOwners({ covers }: Table, owners: readonly OwnerKey[]): void {
	const areSame =
		covers.length === owners.length &&
		covers.every(({ id }) => owners.some(owner => equalBytes(owner.id, id)));
	if (!areSame) throw new BlockError("table", "its owners are not those of the era");
}

/** The genesis block: the one that is here, or the one that comes. */
function* genesisAmong(brought: readonly Block[], { genesis: own, home }: Shelf): Steps<Block> {
	if (own !== undefined) return own.block;
	const genesis = brought.find(({ body }) => body.kind === Kind.genesis);
	if (genesis === undefined) throw new BlockError("home", "the home's genesis block is not here");
	if (home !== undefined && !equalBytes(genesis.hash.subarray(0, homeIdLength), home)) {
		throw new BlockError("home", "the checkpoint is of another home");
	}
	if (genesis.body.kind !== Kind.genesis || !(yield* genesis.verify(genesis.body.key))) {
		throw new BlockError("signature", "the genesis block's signature is wrong");
	}
	return genesis;
}

/** The opening of a base's era, which the recovery key signed; undefined for the first era. */
function* openingAmong(
	base: Block,
	brought: readonly Block[],
	genesis: Block,
	shelf: Shelf
): Steps<Block | undefined> {
	const { body } = base;
	const wanted = body.kind === Kind.checkpoint ? body.opening : base.hash;
	if (body.kind === Kind.checkpoint && !equalBytes(base.era, wanted.subarray(0, prefixLength))) {
		throw new BlockError("home", "the checkpoint is of another home or era");
	}
	if (equalBytes(wanted, genesis.hash)) {
		if (body.kind === Kind.checkpoint && body.era !== 0)
			throw new BlockError("checkpoint", "it names another era");
		return undefined;
	}
	const own = shelf.opening?.block;
	if (own !== undefined && equalBytes(own.hash, wanted)) {
		if (body.kind === Kind.checkpoint && own.body.kind === Kind.opening && body.era !== own.body.era) {
			throw new BlockError("checkpoint", "it names another era");
		}
		return own;
	}
	const opening = [base, ...brought].find(({ hash }) => equalBytes(hash, wanted));
	if (opening?.body.kind !== Kind.opening) {
		throw new BlockError("checkpoint", "the opening of its era is missing");
	}
	if (body.kind === Kind.checkpoint && body.era !== opening.body.era) {
		throw new BlockError("checkpoint", "it names another era");
	}
	if (!(yield* verifyOpening(opening, genesis)))
		throw new BlockError("signature", "the recovery key did not open its era");
	return opening;
}

/** Whether the recovery key of a home opened an era with this block. */
export function isOpeningOf(opening: Block, genesis: Block): boolean {
	return runAtOnce(verifyOpening(opening, genesis));
}

/** As `isOpeningOf`, with a pause before the check of the signature. */
export function* verifyOpening(opening: Block, genesis: Block): Steps<boolean> {
	const { body } = genesis;
	if (body.kind !== Kind.genesis || body.recovery === null || opening.body.kind !== Kind.opening)
		return false;
	if (!equalBytes(opening.author, nodeIdOf(body.recovery))) return false;
	if (!equalBytes(opening.era, genesis.hash.subarray(0, prefixLength))) return false;
	return yield* opening.verify(body.recovery);
}
