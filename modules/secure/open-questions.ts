import { equalBytes } from "../bytes/bytes.js";
import {
	type AddBody,
	Block,
	BlockError,
	type Chain,
	Kind,
	lapseLimit,
	sameId,
	statementBytes
} from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type ServerRequest } from "../coap/coap.js";
import { runInTurns, type Steps, signEs256 } from "../crypto/crypto.js";
import {
	type Address,
	blocksPath,
	type Identity,
	isBundle,
	isStatedFor,
	MessageError,
	type StrangerGate
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import { type OpenQuery, openQuery, type StatementQuery } from "./block-forms.js";
import { postOpenly } from "./open-post.js";
import { secureNotation } from "./secure-notation.js";
import type { StrangerChecks } from "./stranger-checks.js";

/** Milliseconds for an answer. */
const patience = 8_000;
/** Most new keys of a node: an owner takes five in an era, and of the next there may be two. */
const rotatesLimit = 7;

export interface OpenQuestionsOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly layer: Layer;
	/** Strangers' questions: nobody has others sent much, nor keeps them from asking. */
	readonly gate: StrangerGate;
	readonly checks: StrangerChecks;
	/** A peer says that this node, or its sponsor, was removed, with what is to show it. */
	readonly onRemoved: (proof: readonly Uint8Array[]) => void;
	/** A peer does not know this node, and shows nothing of why. */
	readonly onUnknown: (address: Address) => void;
}

/** What nodes ask each other in the clear, where they have no keys, or no more: about what proves itself, whoever tells it. */
export class OpenQuestions {
	readonly #options: OpenQuestionsOptions;

	constructor(options: OpenQuestionsOptions) {
		this.#options = options;
	}

	/**
	 * A FETCH in the clear: what is told to anybody, since it proves itself, is that a node was removed, which key of this
	 * node's came after another, and what this node says of itself to its sponsor.
	 */
	asked(request: ServerRequest, exchange: Exchange): void {
		const { checks, gate } = this.#options;
		const query = queryIn(request.payload);
		const answer = () => {
			const parts = query === undefined ? [] : this.answer(query);
			if (parts.length === 0) exchange.respond({ code: Code.Unauthorized });
			else exchange.respond({ code: Code.Content, payload: secureNotation.delivery.write(parts) });
		};
		// It is signed for who asks.
		if (query !== undefined && "statement" in query) checks.enter(request, exchange, answer);
		else if (gate.admits(request, exchange) !== undefined) answer();
	}

	/** Asks a node for what it says of itself to this one, its sponsor: see `Link.askStatement`. */
	askStatement(
		address: Address,
		said: AddBody,
		number: number,
		done: (signature: Uint8Array | undefined) => void
	): void {
		const { chain, identity } = this.#options;
		const sponsor = said.sponsor ?? identity.id;
		this.ask(
			address,
			{ statement: { era: chain.era, number, said: { ...said, sponsor } } },
			([signature]) => done(signature),
			() => done(undefined)
		);
	}

	/**
	 * Asks a peer that does not know this node any more whether it was removed, or took a new key of which it does not know itself, or
	 * who admitted it before an owner confirmed it. `isStranger`: that it does not know this node it has said.
	 */
	inquire(address: Address, isStranger: boolean): void {
		const { chain, identity, onRemoved, onUnknown } = this.#options;
		const heard = (parts: readonly Uint8Array[]) => {
			const [first] = parts;
			if (first !== undefined && new Block(first).body.kind === Kind.rotate) this.takeRotates(parts);
			else onRemoved(parts);
		};
		this.ask(address, { removal: identity.id }, heard, code => {
			if (code === undefined) return;
			if (isStranger && code === Code.Unauthorized) onUnknown(address);
			const member = chain.members.get(identity.id);
			const sponsor = member?.isProvisional === true ? member.sponsor : null;
			if (sponsor !== null) this.ask(address, { removal: sponsor.slice() }, onRemoved);
		});
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
		this.ask(address, { successor: peer.key }, ([cose]) => {
			if (cose === undefined) return;
			const steps = successorIn(new Block(cose), peer);
			const done = (key: Uint8Array | undefined) => key && found(key);
			const failed = (error: unknown) => {
				throw error;
			};
			runInTurns({ steps, clock: this.#options.clock, done, failed });
		});
	}

	/** New keys of this node's, perhaps by a thief of the one before: the blocks prove themselves. What is another's is ignored. */
	private takeRotates(parts: readonly Uint8Array[]): void {
		const { chain, identity, clock } = this.#options;
		const rotates = parts.slice(0, rotatesLimit).map(cose => new Block(cose));
		const take = () => {
			const [block] = rotates;
			if (block === undefined) return;
			try {
				const isOwn = block.body.kind === Kind.rotate && sameId(block.author, identity.id);
				if (!isOwn || !chain.prepare(block)) {
					rotates.shift();
					if (isOwn) chain.add(block);
				}
			} catch (error) {
				rotates.length = 0;
				if (!(error instanceof BlockError || error instanceof StoreError)) throw error;
			}
			clock.after(0, take);
		};
		take();
	}

	/** What is answered to a question in the clear: blocks or a signature, or nothing. */
	private answer(query: OpenQuery): readonly Uint8Array[] {
		const { members } = this.#options.chain;
		if ("successor" in query) return this.successorOf(query.successor);
		if ("statement" in query) return this.stateAgain(query.statement);
		if (members.isRemoved(query.removal)) return this.#options.chain.proofOfRemoval(query.removal);
		return this.rotatesOf(query.removal);
	}

	/** The blocks by which a node took new keys, two where two keys claim to be it. */
	private rotatesOf(id: Uint8Array): readonly Uint8Array[] {
		const { chain } = this.#options;
		const rotates: Block[] = [];
		for (let number = 0; number < chain.length && rotates.length < rotatesLimit; number += 1) {
			if (chain.kindAt(number) === Kind.rotate && sameId(chain.authorAt(number), id))
				rotates.push(chain.blockAt(number));
		}
		return rotates.sort((a, b) => a.turn - b.turn).map(({ cose }) => cose);
	}

	/**
	 * The signature under what this node said of itself, for another base of the same era: what its sponsor needs where checkpoints
	 * left this node out. It serves nobody but the sponsor. Who asks shows what was said: this node's chain may have lost it.
	 */
	private stateAgain({ era, number, said }: StatementQuery): readonly Uint8Array[] {
		const { chain, identity } = this.#options;
		const { sponsor, key } = said;
		if (chain.base === undefined || !equalBytes(era, chain.era) || sponsor === null) return [];
		if (!equalBytes(key, identity.publicKey)) return [];
		if (number < said.number || number > said.number + lapseLimit) return [];
		if (!isStatedFor(chain, sponsor, said)) return [];
		return [signEs256(identity.privateKey, statementBytes(era, { ...said, number, sponsor }))];
	}

	/** The block after the one that brought a key; the first of those that are left, where a checkpoint dropped that one. */
	private successorOf(key: Uint8Array): readonly Uint8Array[] {
		const { chain, identity } = this.#options;
		const rotates: Block[] = [];
		// Anyone may ask: no block of others is read for it.
		for (let number = 0; number < chain.length; number += 1) {
			const isOwn = chain.kindAt(number) === Kind.rotate && sameId(chain.authorAt(number), identity.id);
			if (isOwn) rotates.push(chain.blockAt(number));
		}
		rotates.sort((a, b) => a.turn - b.turn);
		const isOf = ({ body }: Block) => body.kind === Kind.rotate && equalBytes(body.key, key);
		const next = rotates[rotates.findIndex(isOf) + 1];
		return next === undefined ? [] : [next.cose];
	}

	/** Asks in the clear: `answered` with what came, or `failed`, with the code of the answer where one came. */
	private ask(
		address: Address,
		query: OpenQuery,
		answered: (parts: readonly Uint8Array[]) => void,
		failed: (code: number | undefined) => void = () => undefined
	): void {
		postOpenly({
			layer: this.#options.layer,
			address,
			code: Code.Fetch,
			path: blocksPath,
			payload: openQuery.write(query),
			timeout: patience,
			onResponse: ({ code, payload }) => {
				const parts = code === Code.Content ? partsIn(payload) : undefined;
				if (parts === undefined) {
					failed(code);
					return;
				}
				try {
					answered(parts);
				} catch (error) {
					if (!(error instanceof BlockError)) throw error;
				}
			},
			onSilence: () => failed(undefined)
		});
	}
}

/** Undefined for what is no question in the clear. */
function queryIn(payload: Uint8Array): OpenQuery | undefined {
	try {
		return openQuery.read(payload);
	} catch (error) {
		if (!(error instanceof MessageError)) throw error;
		return undefined;
	}
}

/** Undefined for what is no list of blocks or of other byte strings. */
function partsIn(payload: Uint8Array): readonly Uint8Array[] | undefined {
	try {
		const delivery = secureNotation.delivery.read(payload);
		return isBundle(delivery) ? undefined : delivery;
	} catch (error) {
		if (!(error instanceof MessageError)) throw error;
		return undefined;
	}
}

/** The key that a peer took after another one, where both signed it. The key of the peer says of which home it is. */
function* successorIn(
	block: Block,
	{ id, key }: { readonly id: Uint8Array; readonly key: Uint8Array }
): Steps<Uint8Array | undefined> {
	const { body, author } = block;
	if (body.kind !== Kind.rotate || !sameId(author, id)) return undefined;
	return (yield* block.verify(key)) && (yield* block.verifySecond()) ? body.key : undefined;
}
