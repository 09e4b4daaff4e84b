import { equalBytes, Records } from "../bytes/bytes.js";
import type { Steps } from "../crypto/crypto.js";
import { placeOf, standingOf } from "./base.js";
import type { Bases } from "./bases.js";
import { Block } from "./block.js";
import { Role } from "./block-role.js";
import { type CheckpointBody, Kind, type OpeningBody, prefixLength, type RemoveBody } from "./body.js";
import { verifyOpening } from "./bundle.js";
import { EraKeys } from "./era-keys.js";
import type { KeyChain } from "./key-chain.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { idLength } from "./node-id.js";
import { coveredIn, hashOfTable, partsOfTable } from "./table.js";

/** Most blocks that come with the first in a proof: the era's opening, and owners' new keys. */
const othersLimit = 16;

/**
 * How a node is shown that it was removed, which gets nothing else any more: by the block that removed it, or, where a base
 * covers that, by the base's block, the ids that its table says were removed, and the hash of the rest of the table; and by
 * what shows who the owners are. Anyone may be shown it, so it says no more than that.
 */
export class Removals {
	readonly #logs: Logs;
	readonly #bases: Bases;
	readonly #members: () => Membership;

	constructor(options: { logs: Logs; bases: Bases; members: () => Membership }) {
		this.#logs = options.logs;
		this.#bases = options.bases;
		this.#members = options.members;
	}

	/** The proof that a node was removed; empty where it was not. */
	proofOf(id: Uint8Array): readonly Uint8Array[] {
		const { index, contents, shelf } = this.#logs;
		if (!shelf.hasBase || !this.#members().isRemoved(id)) return [];
		const anchors = this.#bases.anchors
			.filter(({ body }) => body.kind !== Kind.genesis)
			.slice(0, othersLimit);
		const shown = anchors.map(({ cose }) => cose);
		for (let number = index.length - 1; number >= 0; number -= 1) {
			if (index.kind(number) !== Kind.remove || index.role(number) === Role.none) continue;
			const slot = index.slot(number);
			const isMeant =
				this.#logs.isOwner(index.author(number)) &&
				contents.removed(slot).some(other => equalBytes(other, id));
			if (isMeant) return [shelf.storage.read(slot), ...shown];
		}
		const { base } = shelf;
		const tableBytes = shelf.tableBytesOf(base);
		if (tableBytes === undefined) return [];
		const { rest, removed } = partsOfTable(tableBytes, base.table);
		return [shelf.storage.read(base.slot), rest, removed, ...shown];
	}

	/**
	 * Whether a proof shows that a node was removed by an owner, or by the recovery key, as far as is known here: with a pause before
	 * each check of a signature. Throws a BlockError for what is no block.
	 */
	*judge([cose, ...rest]: readonly Uint8Array[], id: Uint8Array): Steps<boolean> {
		if (cose === undefined || this.#logs.shelf.genesis === undefined) return false;
		const block = new Block(cose);
		const { body } = block;
		if (body.kind === Kind.remove) {
			const isMeant = body.ids.some(other => equalBytes(other, id));
			return isMeant && (yield* this.isByOwner(block, rest, id, chain => this.counts(block, body, chain)));
		}
		if (body.kind !== Kind.checkpoint && body.kind !== Kind.opening) return false;
		return yield* this.isShownBy(block, body, rest, id);
	}

	private *isShownBy(
		block: Block,
		body: CheckpointBody | OpeningBody,
		[rest, removed, ...others]: readonly Uint8Array[],
		id: Uint8Array
	): Steps<boolean> {
		const { genesis } = this.#logs.shelf;
		if (genesis === undefined || rest === undefined || removed === undefined || !hasId(removed, id))
			return false;
		if (rest.length !== body.hash.length || !equalBytes(hashOfTable({ rest, removed }), body.hash))
			return false;
		if (body.kind === Kind.opening)
			return body.era > this.era && (yield* verifyOpening(block, genesis.block));
		return yield* this.isByOwner(block, others, id, chain => {
			const place = placeOf(block, chain.signerOf(block));
			return place !== undefined && standingOf(place, chain) === "good";
		});
	}

	/** Whether a remove counts that an owner signed: with a key that ended only if nothing covers it and the rotate knew of it. */
	private counts(block: Block, { taking }: RemoveBody, chain: KeyChain): boolean {
		const key = chain.signerOf(block);
		const ending = key === undefined ? "none" : chain.endingOf(key);
		if (ending === undefined || ending === "none") return ending === undefined;
		const isThisEra = this.#logs.shelf.hasBase && equalBytes(block.era, this.#logs.era);
		const covered = isThisEra ? coveredIn(this.#logs.base.table, block.author) : 0;
		return taking <= ending.lastTaking && taking > covered;
	}

	/** Whether an owner of the era that is here, or of a later one, signed a block that counts, and `id` is none of them. */
	private *isByOwner(
		block: Block,
		others: readonly Uint8Array[],
		id: Uint8Array,
		counts: (chain: KeyChain) => boolean
	): Steps<boolean> {
		const brought = others.slice(0, othersLimit).map(cose => new Block(cose));
		const keys = yield* this.keysFor(block, brought);
		const chain = keys?.chainOf(block.author);
		if (keys === undefined || chain === undefined || keys.isOwner(id)) return false;
		yield* chain.verify(block);
		return counts(chain);
	}

	private get era(): number {
		return this.#logs.shelf.hasBase ? this.#logs.base.era : 0;
	}

	/** The owners' keys in a block's era, by what is here and what came with it. */
	private *keysFor({ era }: Block, others: readonly Block[]): Steps<EraKeys | undefined> {
		const { genesis, hasBase } = this.#logs.shelf;
		if (genesis === undefined) return undefined;
		const brought = others.filter(block => block.body.kind === Kind.rotate && equalBytes(block.era, era));
		if (hasBase && equalBytes(era, this.#logs.era)) {
			return yield* this.#bases.keysWith(brought);
		}
		const opening = others.find(({ hash }) => equalBytes(hash.subarray(0, prefixLength), era));
		if (opening?.body.kind !== Kind.opening || opening.body.era <= this.era) return undefined;
		if (!(yield* verifyOpening(opening, genesis.block))) return undefined;
		const keys = new EraKeys(opening.body.owners);
		yield* keys.take(brought);
		return keys;
	}
}

function hasId(row: Uint8Array, id: Uint8Array): boolean {
	if (row.length % idLength !== 0) return false;
	const ids = new Records(idLength);
	for (let at = 0; at < row.length; at += idLength) ids.add(row.slice(at, at + idLength));
	return ids.find(id) >= 0;
}
