import { Block, BlockError, type Chain, Kind, nodeIdOf, sameId } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type ServerRequest } from "../coap/coap.js";
import { type Address, blocksPath, type Identity, isBundle, MessageError } from "../node/node.js";
import { StoreError } from "../store/store.js";
import { postOpenly } from "./open-post.js";
import { secureNotation } from "./secure-notation.js";

/** Least milliseconds between two checks of a signature that strangers cause. */
const interval = 1_000;
/** Milliseconds for an answer. */
const patience = 8_000;

export interface IntroductionsOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
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
	#next = Number.NEGATIVE_INFINITY;
	#nextAnswer = Number.NEGATIVE_INFINITY;

	constructor(options: IntroductionsOptions) {
		this.#options = options;
	}

	/** A POST of blocks in the clear: one block that makes a member, or gives one a new key. All else gets 4.01. */
	received(request: ServerRequest, exchange: Exchange): void {
		exchange.respond({ code: this.#judge(request.payload) });
	}

	/** A FETCH in the clear: the one thing that is told to anybody is that a node was removed, and what shows it. */
	asked(request: ServerRequest, exchange: Exchange): void {
		const { chain, clock } = this.#options;
		try {
			const query = secureNotation.blocksQuery.read(request.payload);
			if ("removal" in query && chain.members.isRemoved(query.removal) && clock.now() >= this.#nextAnswer) {
				this.#nextAnswer = clock.now() + interval;
				const proof = chain.proofOfRemoval(query.removal);
				exchange.respond({ code: Code.Content, payload: secureNotation.delivery.write(proof) });
				return;
			}
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
		}
		exchange.respond({ code: Code.Unauthorized });
	}

	/** Asks a peer that does not know this node any more whether it was removed. */
	inquire(address: Address): void {
		const { layer, identity, onRemoved } = this.#options;
		postOpenly({
			layer,
			address,
			code: Code.Fetch,
			path: blocksPath,
			payload: secureNotation.blocksQuery.write({ removal: identity.id }),
			timeout: patience,
			onResponse: ({ code, payload }) => {
				if (code !== Code.Content) return;
				try {
					const delivery = secureNotation.delivery.read(payload);
					if (!isBundle(delivery)) onRemoved(delivery);
				} catch (error) {
					if (!(error instanceof MessageError)) throw error;
				}
			},
			onSilence: () => undefined
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
					else this.#options.clock.after(interval, next);
				},
				onSilence: () => done(false)
			});
		};
		if (own.length === 0) done(false);
		else next();
	}

	#judge(payload: Uint8Array): number {
		const { chain, clock, report, onIntroduced } = this.#options;
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
			if (chain.find(block.hash) >= 0) return Code.Changed;
			if (clock.now() < this.#next) return Code.ServiceUnavailable;
			this.#next = clock.now() + interval;
			chain.add(cose);
			if (body.kind === Kind.add) report(`learned of ${body.name} by its own block`);
			onIntroduced();
			return Code.Changed;
		} catch (error) {
			if (error instanceof StoreError) {
				report(error.message);
				return Code.ServiceUnavailable;
			}
			if (!(error instanceof BlockError || error instanceof MessageError)) throw error;
			return Code.Unauthorized;
		}
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
