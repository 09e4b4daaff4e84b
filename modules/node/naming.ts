import { CborError, decode, encode, isArray, isBytes, isText } from "../cbor/cbor.js";
import { type Chain, idLength, Kind, type Member } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code, type Freshness } from "../coap/coap.js";
import { nameFault } from "../names/names.js";
import { type Store, StoreError } from "../store/store.js";
import { type Identity, saveIdentity } from "./identity.js";
import type { Answer, Link } from "./link.js";
import type { Notation } from "./notation.js";
import type { Done, Stewardship } from "./stewardship.js";
import { takenFault } from "./targets.js";

/** Where an owner asks a member to take the place of one that is to leave. */
export const placePath = "/place";
/** The name under which it is kept whose place this node is to take. */
export const heirName = "heir";
/** Milliseconds after its proof in which what asks for that counts: who asks is told that nobody answers no earlier. */
export const placeWindow = 5_000;

export interface NamingOptions {
	readonly chain: Chain;
	readonly clock: Pick<Clock, "now">;
	readonly identity: Identity;
	readonly store: Store;
	readonly link: Pick<Link, "serve">;
	readonly notation: Notation;
	readonly steward: Pick<Stewardship, "describe">;
	readonly report: (text: string) => void;
}

/** Whose place this node is to take: its name is free once it is no member any more. */
interface Place {
	readonly id: Uint8Array;
	readonly name: string;
}

/** What this node is called: by itself alone, also where an owner has it take the place of another. */
export class Naming {
	readonly #options: NamingOptions;
	#place: Place | undefined;
	#isTaking = false;
	#told: string | undefined;

	constructor(options: NamingOptions) {
		this.#options = options;
		const { link, store, report } = options;
		try {
			this.#place = readPlace(store);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
		link.serve(placePath, { [Code.Post]: (...asked) => this.asked(...asked) });
		this.settle();
	}

	/** Why this node cannot be called so, or undefined. */
	fault(name: string): string | undefined {
		const { chain, identity } = this.#options;
		if (this.isCalled(name) && this.#place === undefined) return "this node is called that already";
		return nameFault(name) ?? takenFault(chain, name, identity.id);
	}

	/** A person calls this node otherwise: whose place it was to take is of no account any more. */
	rename(name: string, done: Done): void {
		const changed = (fault?: string) => {
			if (fault === undefined && this.#place !== undefined) this.forget();
			done(fault);
		};
		const fault = this.fault(name);
		// It stays as it is called, whatever it was to take.
		if (fault !== undefined || this.isCalled(name)) changed(fault);
		else this.change(name, changed);
	}

	/** A thief's table may have another name for this node than it has. */
	private isCalled(name: string): boolean {
		const { chain, identity } = this.#options;
		return name === identity.name && (chain.members.get(identity.id)?.name ?? name) === name;
	}

	/** Calls this node otherwise, from now on. A power cut between the block and what is kept here is made good by `settle`. */
	private change(name: string, done: Done): void {
		this.#options.steward.describe(name, refusal => {
			if (refusal === undefined) done(this.adopt(name));
			else done(refusal);
		});
	}

	/** An owner removes a member, and this node is to have its name then. Returns why it cannot, or undefined. */
	takePlace(old: Member): string | undefined {
		const { chain, identity, store } = this.#options;
		const { id, name, type } = old;
		if (type !== identity.type) return `${chain.members.label(old)} is of another type`;
		const place = { id: id.slice(), name };
		try {
			store.set(heirName, encode([place.id, name]));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return error.message;
		}
		this.#place = place;
		return undefined;
	}

	/**
	 * Something on the chain is other than before: the name may be free. Somebody else who is called so does not keep this node from it:
	 * who is meant would then be that one alone, who may only have been quicker.
	 */
	look(): void {
		const { chain, identity, report } = this.#options;
		const { members, isDamaged } = chain;
		const place = this.#place;
		const isFree = place !== undefined && members.get(place.id) === undefined;
		if (!isFree || this.#isTaking || isDamaged || members.get(identity.id) === undefined) return;
		this.#isTaking = true;
		this.change(place.name, fault => {
			this.#isTaking = false;
			// Where it has no room now, it has after the next checkpoint.
			if (fault !== undefined && this.#told === fault) return;
			this.#told = fault;
			if (fault === undefined) {
				this.forget();
				report(`this node has taken the place of ${place.name}, and is called so from now on`);
			} else report(`this node is to be called ${place.name}, and cannot: ${fault}`);
		});
	}

	private asked(from: Member, payload: Uint8Array, answer: Answer, freshness: Freshness | undefined): void {
		const { chain, notation } = this.#options;
		const old = chain.members.get(notation.place.read(payload));
		if (!from.isOwner || from.isFrozen)
			answer.refuse(Code.Forbidden, "only an owner says whose place a node takes");
		else if (freshness !== undefined && !this.isFresh(freshness)) answer.challenge();
		else if (old === undefined) answer.refuse(Code.NotFound, "no such member is known here");
		else {
			const fault = this.takePlace(old);
			if (fault === undefined) answer.reply(notation.taken.write(1));
			else answer.refuse(Code.Conflict, fault);
		}
	}

	/** What was held back would have this node take a place long after its owner was told that nothing had changed. */
	private isFresh(freshness: Freshness): boolean {
		const instant = freshness.takeInstant();
		return instant !== undefined && this.#options.clock.now() - instant <= placeWindow;
	}

	/** A cut came between the block that gives this node another name and what is kept here. */
	private settle(): void {
		const { chain, identity, report } = this.#options;
		const name = chain.members.get(identity.id)?.name;
		if (name === undefined || name === identity.name) return;
		let said: string | undefined;
		for (let number = chain.firstOf(identity.id); chain.isBy(number, identity.id); number += 1) {
			if (chain.kindAt(number) !== Kind.describe) continue;
			const { body } = chain.blockAt(number);
			if (body.kind === Kind.describe) said = body.name;
		}
		// Else it is what somebody else says of this node.
		if (said !== name) return;
		const fault = this.adopt(name);
		if (fault !== undefined) report(fault);
	}

	private adopt(name: string): string | undefined {
		const { identity, store } = this.#options;
		identity.name = name;
		try {
			saveIdentity(store, identity);
			return undefined;
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return `the home calls this node ${name}, but that could not be kept here: ${error.message}`;
		}
	}

	private forget(): void {
		this.#place = undefined;
		try {
			this.#options.store.delete(heirName);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}
}

/** Throws a StoreError. */
function readPlace(store: Store): Place | undefined {
	const kept = store.get(heirName);
	if (kept === undefined) return undefined;
	try {
		const list = decode(kept);
		const [id, name] = isArray(list) ? list : [];
		if (isBytes(id, idLength) && isText(name) && nameFault(name) === undefined) return { id, name };
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
	}
	throw new StoreError(`"${heirName}" is damaged: say again whose place this node takes`);
}
