import { equalBytes } from "../bytes/bytes.js";
import { derivePublicKey } from "../crypto/crypto.js";
import type { Signer } from "./bases.js";
import { type Block, signBlock } from "./block.js";
import { type Body, Kind, prefixLength } from "./body.js";
import { BlockError } from "./chain-error.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { OwnTakings } from "./own-takings.js";

/** What a rotate says besides its key. */
export interface End {
	/** The base under which it is made: the first 16 bytes of its hash, and its number. */
	readonly base: Uint8Array;
	readonly number: number;
	/** The number of the last taking under the key before; 0 for who is no owner. */
	readonly lastTaking: number;
	/** The turn of the new key. */
	readonly turn: number;
}

/** Writes blocks at the end of their authors' logs. */
export class Pen {
	readonly #logs: Logs;
	readonly #members: () => Membership;

	constructor(options: { logs: Logs; members: () => Membership }) {
		this.#logs = options.logs;
		this.#members = options.members;
	}

	/** Signs the next block of an author. Throws a BlockError where the key is not the one that the home knows. */
	write(signer: Signer, body: Body): Block {
		const { author, privateKey, time } = signer;
		const turn = this.turnOf(signer);
		const { previous, sequence } = this.endOfLog(author);
		const fields = { era: this.#logs.era, previous, author, sequence, time, body };
		return signBlock({ ...fields, turn: body.kind === Kind.rotate ? turn + 1 : turn }, privateKey);
	}

	/** The turn of an author's private key, of two rivals the one that it is. Throws a BlockError where two rival and it is none. */
	turnOf({ author, privateKey, publicKey }: Omit<Signer, "time">): number {
		const chain = this.#logs.chainOf(author);
		// Without its public key, its signature shows whether it is the key in force: an operation on the curve the less.
		if (publicKey === undefined && chain !== undefined && !chain.isFrozen) return chain.turn;
		const turn = this.#turnOf(author, publicKey ?? derivePublicKey(privateKey));
		if (turn === undefined) throw lostKey();
		return turn;
	}

	isOwnKey(author: Uint8Array, privateKey: Uint8Array): boolean {
		return this.#turnOf(author, derivePublicKey(privateKey)) !== undefined;
	}

	/** Whether a block that an author's key signed gave that key up: also where it is not known which came after it. */
	isGivenUp(author: Uint8Array, key: Uint8Array): boolean {
		const chain = this.#logs.chainOf(author);
		if (chain === undefined) return false;
		if (chain.isFrozen && equalBytes(chain.key, key)) return true;
		const ending = chain.endingOf(key);
		return ending !== undefined && ending !== "none";
	}

	endOf(author: Uint8Array): End {
		const { base } = this.#logs;
		const lastTaking = this.#logs.isOwner(author) ? new OwnTakings(this.#logs, author).last : 0;
		const turn = (this.#members().get(author)?.turn ?? 0) + 1;
		return { base: base.hash.slice(0, prefixLength), number: base.number, lastTaking, turn };
	}

	#turnOf(author: Uint8Array, key: Uint8Array): number | undefined {
		const chain = this.#logs.chainOf(author);
		if (chain === undefined) return undefined;
		if (equalBytes(chain.key, key)) return chain.turn;
		return chain.keysAt(chain.turn + 1).some(rival => equalBytes(rival, key)) ? chain.turn + 1 : undefined;
	}

	/**
	 * Where an author's log goes on: of several branches the one with most takings, then the longest, then the lowest hash. So a
	 * node that was put back to an old state goes on after what it had said.
	 */
	private endOfLog(author: Uint8Array): { previous: Uint8Array; sequence: number } {
		const { index, base } = this.#logs;
		const log = this.#logs.logOf(author);
		const taken = new Map<number, number>();
		for (const number of log) {
			const before = taken.get(index.before(number)) ?? 0;
			taken.set(number, index.isTaking(number) ? index.value(number) : before);
		}
		const takenBy = (number: number) => taken.get(number) ?? 0;
		log.sort(
			(a, b) => takenBy(b) - takenBy(a) || index.sequence(b) - index.sequence(a) || index.compareHashes(a, b)
		);
		const [last] = log;
		if (last === undefined) return { previous: base.hash.slice(0, prefixLength), sequence: 0 };
		return { previous: index.hash(last), sequence: index.sequence(last) + 1 };
	}
}

/** This node's key is not the one that the table and rotates say. */
export function lostKey(): BlockError {
	return new BlockError(
		"key",
		"the home knows this node by another key than it has: it was put back to an old state, or somebody else has its key"
	);
}
