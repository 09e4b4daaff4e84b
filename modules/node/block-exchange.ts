import { equalBytes, toHex } from "../bytes/bytes.js";
import { type Block, BlockError, type Chain, type IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import { StoreError } from "../store/store.js";
import type { Answer, Link } from "./link.js";
import { batchLimit, MessageError, type Notation, type PeerPlace, prefixLength } from "./notation.js";
import type { Peers } from "./peers.js";

/** Where a node takes block requests. */
export const blocksPath = "/blocks";

/** Most rounds with one peer before it is left alone: enough for the largest chain, both ways. */
const roundsLimit = 64;
/** Milliseconds for each request: no longer, since what is asked of a peer that is away holds up what comes after. */
const timeout = 8_000;

export interface BlockExchangeOptions {
	readonly chain: Chain;
	readonly peers: Peers;
	readonly link: Link;
	readonly notation: Notation;
	readonly clock: Clock;
	/** This node's own id, so that its address is not told to itself. */
	readonly self: IdText;
	/** A block came that was not here. */
	readonly onBlock: (block: Block, from: IdText) => void;
	readonly report: (text: string) => void;
}

/** How an exchange with a peer ended: both have the same blocks, or why not. */
export type Outcome = { readonly same: true } | { readonly same: false; readonly reason: string };

/**
 * The paper's block request, both ways: each side gets the blocks that it lacks, whoever asked. Told apart by
 * the hashes, not by length, so that what two halves of a home added apart from each other comes together.
 */
export class BlockExchange {
	readonly #options: BlockExchangeOptions;
	readonly #running = new Map<IdText, ((outcome: Outcome) => void)[]>();

	constructor(options: BlockExchangeOptions) {
		this.#options = options;
		options.link.serve(blocksPath, {
			[Code.Fetch]: (from, payload, answer) => this.#fetched(from.idText, payload, answer),
			[Code.Post]: (from, payload, answer) => this.#posted(from.idText, payload, answer)
		});
	}

	/** Makes this node's blocks and a peer's the same; one exchange a peer at a time. */
	start(peer: IdText, done: (outcome: Outcome) => void = () => undefined): void {
		const waiting = this.#running.get(peer);
		if (waiting !== undefined) {
			waiting.push(done);
			return;
		}
		this.#running.set(peer, [done]);
		this.#compare(peer, 0);
	}

	#end(peer: IdText, outcome: Outcome): void {
		const waiting = this.#running.get(peer) ?? [];
		this.#running.delete(peer);
		for (const done of waiting) done(outcome);
	}

	/** Asks for the peer's digest, and for its hashes where that differs. */
	#compare(peer: IdText, round: number): void {
		if (round >= roundsLimit) {
			this.#end(peer, { same: false, reason: "it never comes to an end" });
			return;
		}
		const { chain, notation } = this.#options;
		const query = notation.blocksQuery.write({ digest: chain.digest, peers: this.#places(peer) });
		this.#request(peer, Code.Fetch, query, payload => {
			const { digest, hashes = [], peers } = notation.comparison.read(payload);
			this.#hear(peers);
			if (equalBytes(digest, chain.digest)) {
				this.#end(peer, { same: true });
				return;
			}
			const lacking = hashes.filter(prefix => chain.find(prefix) < 0).slice(0, batchLimit);
			if (lacking.length > 0) this.#fetch(peer, lacking, round);
			else this.#offer(peer, hashes, round);
		});
	}

	#fetch(peer: IdText, want: readonly Uint8Array[], round: number): void {
		const { notation } = this.#options;
		this.#request(peer, Code.Fetch, notation.blocksQuery.write({ want }), payload => {
			this.#take(peer, notation.blocks.read(payload), taken => {
				if (taken > 0) this.#compare(peer, round + 1);
				else this.#end(peer, { same: false, reason: "it does not send what it says it has" });
			});
		});
	}

	/** Sends the first of what the peer lacks. */
	#offer(peer: IdText, theirs: readonly Uint8Array[], round: number): void {
		const { chain, notation } = this.#options;
		const known = new Set(theirs.map(toHex));
		const blocks: Uint8Array[] = [];
		for (let number = 0; number < chain.length && blocks.length < batchLimit; number += 1) {
			if (known.has(toHex(chain.hashAt(number).subarray(0, prefixLength)))) continue;
			blocks.push(chain.blockAt(number).cose);
		}
		if (blocks.length === 0) {
			// The chain has changed since: compare again.
			this.#compare(peer, round + 1);
			return;
		}
		this.#request(peer, Code.Post, notation.blocks.write(blocks), payload => {
			if (notation.taken.read(payload) === 0)
				this.#end(peer, { same: false, reason: "it refuses our blocks" });
			else this.#compare(peer, round + 1);
		});
	}

	#request(peer: IdText, code: number, payload: Uint8Array, onReply: (payload: Uint8Array) => void): void {
		this.#options.link.request({
			peer,
			code,
			path: blocksPath,
			payload,
			timeout,
			isRepeatable: true,
			onReply: reply => {
				try {
					onReply(reply);
				} catch (error) {
					this.#end(peer, { same: false, reason: faultOf(error) });
				}
			},
			onFailure: error => this.#end(peer, { same: false, reason: error.message })
		});
	}

	#fetched(from: IdText, payload: Uint8Array, answer: Answer): void {
		const { chain, notation } = this.#options;
		const query = notation.blocksQuery.read(payload);
		if ("want" in query) {
			const blocks: Uint8Array[] = [];
			for (const prefix of query.want.slice(0, batchLimit)) {
				const number = chain.find(prefix);
				if (number >= 0) blocks.push(chain.blockAt(number).cose);
			}
			answer.reply(notation.blocks.write(blocks));
			return;
		}
		this.#hear(query.peers);
		const { digest } = chain;
		const peers = this.#places(from);
		const hashes = equalBytes(query.digest, digest) ? undefined : this.#prefixes();
		answer.reply(notation.comparison.write({ digest, hashes, peers }));
	}

	#posted(from: IdText, payload: Uint8Array, answer: Answer): void {
		const { notation } = this.#options;
		this.#take(from, notation.blocks.read(payload), taken => answer.reply(notation.taken.write(taken)));
	}

	/**
	 * Takes in blocks up to the first that is refused, one in a turn of the loop, since each costs a signature's check;
	 * `done` gets how many were new.
	 */
	#take(from: IdText, blocks: readonly Uint8Array[], done: (taken: number) => void): void {
		const { chain, clock, onBlock, report } = this.#options;
		let taken = 0;
		const next = (index: number) => {
			const cose = blocks[index];
			if (cose === undefined) {
				done(taken);
				return;
			}
			try {
				const block = chain.add(cose);
				if (block !== undefined) {
					taken += 1;
					onBlock(block, from);
				}
			} catch (error) {
				report(`a block from ${chain.members.get(from)?.name ?? from} was refused: ${faultOf(error)}`);
				done(taken);
				return;
			}
			clock.after(0, () => next(index + 1));
		};
		next(0);
	}

	#prefixes(): Uint8Array[] {
		const { chain } = this.#options;
		return Array.from({ length: chain.length }, (_, number) =>
			chain.hashAt(number).subarray(0, prefixLength)
		);
	}

	/** Where the others are, for a peer that may not have met them. */
	#places(asker: IdText): PeerPlace[] {
		const { peers, chain, self } = this.#options;
		const places: PeerPlace[] = [];
		for (const idText of peers.all) {
			const address = peers.addressOf(idText);
			const member = chain.members.get(idText);
			if (address === undefined || member === undefined || idText === asker || idText === self) continue;
			places.push({ id: member.id, address });
		}
		return places;
	}

	/** Notes where members are that this node has not met; what it has seen itself it believes more. */
	#hear(places: readonly PeerPlace[]): void {
		const { peers, self, report } = this.#options;
		for (const { id, address } of places) {
			const idText = toHex(id);
			if (idText === self || peers.addressOf(idText) !== undefined) continue;
			try {
				peers.learn(idText, address);
			} catch (error) {
				report(faultOf(error));
			}
		}
	}
}

/** What went wrong with what a peer sent, or with keeping it; anything else is a fault of ours and is thrown on. */
function faultOf(error: unknown): string {
	if (error instanceof BlockError || error instanceof MessageError || error instanceof StoreError) {
		return error.message;
	}
	throw error;
}
