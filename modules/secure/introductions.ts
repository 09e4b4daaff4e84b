import { equalBytes } from "../bytes/bytes.js";
import { Block, BlockError, type Chain, isKeyProven, Kind, nodeIdOf, sameId } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type ServerRequest } from "../coap/coap.js";
import {
	type Address,
	blocksPath,
	type Identity,
	isBundle,
	MessageError,
	StrangerGate
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import { type OpenQuery, openQuery } from "./block-forms.js";
import { postOpenly } from "./open-post.js";
import { secureNotation } from "./secure-notation.js";
import { checkInterval, StrangerChecks } from "./stranger-checks.js";

/** Milliseconds for an answer. */
const patience = 8_000;

export interface IntroductionsOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly report: (text: string) => void;
	/** A block came in this way: there may be more where it came from. */
	readonly onIntroduced: () => void;
	/** A peer says that this node was removed, with what is to show it. */
	readonly onRemoved: (proof: readonly Uint8Array[]) => void;
}

/**
 * How a member is known to one that has not heard of it yet, because its sponsor died before telling: it brings its
 * own add or rotate block, in the clear. A signed block proves itself, whoever brings it; so anyone may, and what is
 * costly about it is done once a second at most.
 */
export class Introductions {
	readonly #options: IntroductionsOptions;
	/** Strangers' questions: nobody has others sent much, nor keeps them from asking. */
	readonly #gate: StrangerGate;
	readonly #checks: StrangerChecks;

	constructor(options: IntroductionsOptions) {
		this.#options = options;
		this.#gate = new StrangerGate(options);
		this.#checks = new StrangerChecks({ clock: options.clock, gate: this.#gate });
	}

	/** A POST of blocks in the clear: one block that makes a member, or gives one a new key. All else gets 4.01. */
	received(request: ServerRequest, exchange: Exchange): void {
		const { payload } = request;
		const code = this.#look(payload);
		if (typeof code === "number") exchange.respond({ code });
		else this.#checks.enter(request, exchange, () => exchange.respond({ code: this.#take(payload) }));
	}

	/**
	 * A FETCH in the clear: the two things that are told to anybody, since they prove themselves, are that a node was
	 * removed, and which key of this node's came after another.
	 */
	asked(request: ServerRequest, exchange: Exchange): void {
		if (this.#gate.admits(request, exchange) === undefined) return;
		const blocks = this.#answer(request.payload);
		if (blocks.length === 0) exchange.respond({ code: Code.Unauthorized });
		else exchange.respond({ code: Code.Content, payload: secureNotation.delivery.write(blocks) });
	}

	/** Asks a peer that does not know this node any more whether it was removed. */
	inquire(address: Address): void {
		this.#ask(address, { removal: this.#options.identity.id }, this.#options.onRemoved);
	}

	/**
	 * Asks a peer by which block it gave up the key that is known here (33 bytes); `found` with the new key where the
	 * owner of the old one signed it. The block is not for the chain: without those before it others lose their effect.
	 */
	follow(
		address: Address,
		peer: { readonly id: Uint8Array; readonly key: Uint8Array },
		found: (key: Uint8Array) => void
	): void {
		this.#ask(address, { successor: peer.key }, ([cose]) => {
			if (cose === undefined) return;
			const block = new Block(cose);
			const { body } = block;
			const isOfPeer = sameId(block.author, peer.id) && sameId(block.home, this.#options.identity.home);
			if (body.kind !== Kind.rotate || !isOfPeer) return;
			if (block.isSignedBy(peer.key) && isKeyProven(block, body)) found(body.key);
		});
	}

	/** Shows a peer this node's own blocks, the oldest first; `done` once, with whether it has taken them. */
	present(address: Address, done: (taken: boolean) => void): void {
		const own = this.#own();
		const next = () => {
			const block = own.shift();
			if (block === undefined) {
				done(true);
				return;
			}
			postOpenly({
				layer: this.#options.layer,
				address,
				path: blocksPath,
				payload: secureNotation.delivery.write([block.cose]),
				timeout: patience,
				onResponse: ({ code }) => {
					if (code !== Code.Changed) done(false);
					else if (own.length === 0) done(true);
					// The peer checks one block in a second.
					else this.#options.clock.after(checkInterval, next);
				},
				onSilence: () => done(false)
			});
		};
		if (own.length === 0) done(false);
		else next();
	}

	/** What is answered to a question in the clear: blocks, or none. */
	#answer(payload: Uint8Array): readonly Uint8Array[] {
		const { chain } = this.#options;
		try {
			const query = openQuery.read(payload);
			if (!("removal" in query)) return this.#successorOf(query.successor);
			return chain.members.isRemoved(query.removal) ? chain.proofOfRemoval(query.removal) : [];
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			return [];
		}
	}

	/** The block after the one that brought a key; the first of those that are left, where a checkpoint dropped that one. */
	#successorOf(key: Uint8Array): readonly Uint8Array[] {
		const { chain, identity } = this.#options;
		const rotates: Block[] = [];
		// Anyone may ask: no block of others is read for it.
		for (let number = 0; number < chain.length; number += 1) {
			const isOwn = chain.kindAt(number) === Kind.rotate && sameId(chain.authorAt(number), identity.id);
			if (isOwn) rotates.push(chain.blockAt(number));
		}
		// Those that a checkpoint covers stand in no order.
		rotates.sort((a, b) => a.sequence - b.sequence);
		const isOf = ({ body }: Block) => body.kind === Kind.rotate && equalBytes(body.key, key);
		const next = rotates[rotates.findIndex(isOf) + 1];
		return next === undefined ? [] : [next.cose];
	}

	/** Asks in the clear; `answered` with what came, if anything did. */
	#ask(address: Address, query: OpenQuery, answered: (blocks: readonly Uint8Array[]) => void): void {
		postOpenly({
			layer: this.#options.layer,
			address,
			code: Code.Fetch,
			path: blocksPath,
			payload: openQuery.write(query),
			timeout: patience,
			onResponse: ({ code, payload }) => {
				if (code !== Code.Content) return;
				try {
					const delivery = secureNotation.delivery.read(payload);
					if (!isBundle(delivery)) answered(delivery);
				} catch (error) {
					if (!(error instanceof MessageError || error instanceof BlockError)) throw error;
				}
			},
			onSilence: () => undefined
		});
	}

	/** The block that is to be checked, or what is answered without a check. */
	#look(payload: Uint8Array): Block | number {
		const { chain } = this.#options;
		try {
			const delivery = secureNotation.delivery.read(payload);
			if (isBundle(delivery)) return Code.Unauthorized;
			const [cose, ...others] = delivery;
			if (cose === undefined || others.length > 0) return Code.Unauthorized;
			const block = new Block(cose);
			const { body } = block;
			if (body.kind !== Kind.add && body.kind !== Kind.rotate) return Code.Unauthorized;
			const subject = body.kind === Kind.add ? nodeIdOf(body.key) : block.author;
			if (chain.members.isRemoved(subject)) return Code.Unauthorized;
			return chain.find(block.hash) >= 0 ? Code.Changed : block;
		} catch (error) {
			if (!(error instanceof BlockError || error instanceof MessageError)) throw error;
			return Code.Unauthorized;
		}
	}

	/** Takes a block in, once it is its turn: it may have come meanwhile. Returns what is answered. */
	#take(payload: Uint8Array): number {
		const { chain, report, onIntroduced } = this.#options;
		const block = this.#look(payload);
		if (typeof block === "number") return block;
		try {
			chain.add(block.cose);
		} catch (error) {
			if (error instanceof BlockError) return Code.Unauthorized;
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
			return Code.ServiceUnavailable;
		}
		if (block.body.kind === Kind.add) report(`learned of ${block.body.name} by its own block`);
		onIntroduced();
		return Code.Changed;
	}

	/** The block that admitted this node, and those by which it took new keys. */
	#own(): Block[] {
		const { chain, identity } = this.#options;
		const own: Block[] = [];
		for (let number = 0; number < chain.length; number += 1) {
			const kind = chain.kindAt(number);
			if (kind !== Kind.add && kind !== Kind.rotate) continue;
			const block = chain.blockAt(number);
			const { author, body } = block;
			const subject = body.kind === Kind.add ? nodeIdOf(body.key) : author;
			if (sameId(subject, identity.id)) own.push(block);
		}
		return own;
	}
}
