import {
	Block,
	BlockError,
	type BlockFault,
	type Body,
	type Chain,
	Kind,
	nodeIdOf,
	type OpeningBody,
	sameId
} from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type Layer, type ServerRequest } from "../coap/coap.js";
import {
	type Address,
	blocksPath,
	givenName,
	type Identity,
	isBundle,
	MessageError,
	Prefixes
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import { postOpenly } from "./open-post.js";
import { secureNotation } from "./secure-notation.js";
import { checkInterval, type StrangerChecks } from "./stranger-checks.js";

/** Why a block may be taken once others are here. */
const lacking: readonly BlockFault[] = Object.freeze(["previous", "author"]);
/** Milliseconds for an answer. */
const patience = 8_000;

export interface IntroductionsOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly layer: Layer;
	readonly checks: StrangerChecks;
	readonly report: (text: string) => void;
	/** The recovery key has opened an era that is not here yet: where somebody is who has it, and its owners. */
	readonly onOpening: (opening: OpeningBody, address: Address) => void;
}

/**
 * How a member is known to one that has not heard of it yet, because its sponsor died before telling: it brings its
 * own add or rotate block, in the clear, with what that rests on. A signed block proves itself, whoever brings it; so anyone may, and what is
 * costly about it is done once a second at most.
 */
export class Introductions {
	readonly #options: IntroductionsOptions;

	constructor(options: IntroductionsOptions) {
		this.#options = options;
	}

	/** A POST of blocks in the clear: one block, that makes a member or that such a one rests on. All else gets 4.01. */
	received(request: ServerRequest, exchange: Exchange): void {
		const { payload } = request;
		const code = this.look(payload);
		if (typeof code === "number") exchange.respond({ code });
		else this.#options.checks.enter(request, exchange, () => this.check(request, exchange));
	}

	/**
	 * Shows a peer the blocks that say who this node is, the oldest first, and where it lacks what they rest on, that before
	 * them. `done` once, with whether it has taken them.
	 */
	present(address: Address, done: (taken: boolean) => void): void {
		this.show(address, this.own(), false, isTaken => {
			const { chain, identity } = this.#options;
			// For this peer the home may be in an era before, in which this node is nobody: it believes an owner of the new one alone.
			const isOwner = chain.members.get(identity.id)?.isOwner === true;
			const opening = isTaken || !isOwner ? undefined : chain.openingBlock;
			if (opening === undefined) done(isTaken);
			else this.post(address, opening, code => done(code === Code.Changed));
		});
	}

	/** Each is read when it is its turn: a board has no room for all of them, for as many as say that they lack them. */
	private show(
		address: Address,
		blocks: readonly Block[],
		isWhole: boolean,
		done: (taken: boolean) => void
	): void {
		const { chain, clock } = this.#options;
		const left = Prefixes.of(blocks.map(({ hash }) => hash));
		// The peer checks one block in a second.
		const later = (act: () => void) =>
			clock.after(checkInterval, () => {
				try {
					act();
				} catch (error) {
					done(false);
					throw error;
				}
			});
		const next = (at: number) => {
			const [prefix] = left.after(at);
			const number = prefix === undefined ? -1 : chain.find(prefix);
			if (number < 0) {
				done(false);
				return;
			}
			this.post(address, chain.blockAt(number), code => {
				if (code === Code.PreconditionFailed && !isWhole) {
					later(() => this.show(address, this.whole(), true, done));
				} else if (code !== Code.Changed) done(false);
				else if (at + 1 === left.count) done(true);
				else later(() => next(at + 1));
			});
		};
		next(0);
	}

	/** Shows one; `done` once, with the code of the answer, or undefined where none came. */
	private post(address: Address, block: Block, done: (code: number | undefined) => void): void {
		postOpenly({
			layer: this.#options.layer,
			address,
			path: blocksPath,
			payload: secureNotation.delivery.write([block.cose]),
			timeout: patience,
			onResponse: ({ code }) => done(code),
			onSilence: () => done(undefined)
		});
	}

	/** The block that is to be checked, or what is answered without a check. */
	private look(payload: Uint8Array): Block | number {
		const { chain } = this.#options;
		try {
			const delivery = secureNotation.delivery.read(payload);
			if (isBundle(delivery)) return Code.Unauthorized;
			const [cose, ...others] = delivery;
			if (cose === undefined || others.length > 0) return Code.Unauthorized;
			const block = new Block(cose);
			const { body } = block;
			if (body.kind === Kind.opening) return body.era > chain.eraNumber ? block : Code.Unauthorized;
			if (isBase(body)) return Code.Unauthorized;
			const subject = body.kind === Kind.add ? nodeIdOf(body.key) : block.author;
			if (chain.members.isRemoved(subject)) return Code.Unauthorized;
			const number = chain.find(block.hash);
			if (number < 0) return block;
			// One that its author is still to say again makes nobody a member.
			return chain.isLive(number) ? Code.Changed : Code.Unauthorized;
		} catch (error) {
			if (!(error instanceof BlockError || error instanceof MessageError)) throw error;
			return Code.Unauthorized;
		}
	}

	/** Takes a block in, once it is its turn. */
	private check({ payload, address: host, port }: ServerRequest, exchange: Exchange): void {
		const { chain, onOpening } = this.#options;
		const block = this.look(payload);
		if (typeof block === "object" && block.body.kind === Kind.opening) {
			const isSigned = chain.isLaterOpening(block);
			exchange.respond({ code: isSigned ? Code.Changed : Code.Unauthorized });
			if (isSigned) onOpening(block.body, { host, port });
			return;
		}
		if (typeof block === "number") exchange.respond({ code: block });
		else this.take(block, exchange);
	}

	/** Checks a signature in a turn of the loop, then takes the block in. */
	private take(block: Block, exchange: Exchange): void {
		const { chain, clock, report } = this.#options;
		try {
			if (chain.prepare(block)) {
				clock.after(0, () => this.take(block, exchange));
				return;
			}
			const added = chain.add(block);
			if (added?.body.kind === Kind.add)
				report(`learned of ${givenName(chain, added.body)} by its own block`);
			exchange.respond({ code: Code.Changed });
		} catch (error) {
			exchange.respond({ code: this.codeOf(error) });
		}
	}

	/** What is answered where a block is not taken. */
	private codeOf(error: unknown): number {
		if (error instanceof BlockError) {
			return lacking.includes(error.reason) ? Code.PreconditionFailed : Code.Unauthorized;
		}
		if (!(error instanceof StoreError)) throw error;
		this.#options.report(error.message);
		return Code.ServiceUnavailable;
	}

	/** The block that admitted this node, and those by which it took new keys. */
	private own(): Block[] {
		const { chain, identity } = this.#options;
		const { id } = identity;
		const own: Block[] = [];
		for (let number = 0; number < chain.length; number += 1) {
			const isAdd = chain.isAdmission(number) && sameId(chain.subjectAt(number), id);
			const isRotate = chain.kindAt(number) === Kind.rotate && sameId(chain.authorAt(number), id);
			if (isAdd || isRotate) own.push(chain.blockAt(number));
		}
		return own.sort((a, b) => a.turn - b.turn || Number(sameId(a.author, id)) - Number(sameId(b.author, id)));
	}

	/** The same, each block after those that it rests on. */
	private whole(): Block[] {
		const whole = new Map<number, Block>();
		this.gather(this.#options.identity.id, whole);
		return [...whole.values()];
	}

	/** The log under a node's add, and before it what shows its author; then the new keys of the node. */
	private gather(id: Uint8Array, shown: Map<number, Block>): void {
		const { chain } = this.#options;
		const rotates: number[] = [];
		for (let number = 0; number < chain.length; number += 1) {
			const kind = chain.kindAt(number);
			if (kind === Kind.rotate && sameId(chain.authorAt(number), id)) rotates.push(number);
			if (!chain.isAdmission(number) || !sameId(chain.subjectAt(number), id)) continue;
			const sponsor = chain.authorAt(number);
			if (!sameId(sponsor, id)) this.gather(sponsor, shown);
			const path: number[] = [];
			for (let at = number; at >= 0; at = chain.find(chain.blockAt(at).previous)) path.unshift(at);
			for (const at of path) shown.set(at, chain.blockAt(at));
		}
		for (const number of rotates) shown.set(number, chain.blockAt(number));
	}
}

/** A base comes with its table, which says who all are: that is for members' eyes. */
function isBase({ kind }: Body): boolean {
	return kind === Kind.genesis || kind === Kind.checkpoint;
}
