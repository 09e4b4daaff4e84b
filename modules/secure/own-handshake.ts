import type { IdText } from "../chain/chain.js";
import type { Turns } from "../clock/clock.js";
import { type Address, addressText, LinkError } from "../node/node.js";

/** What a handshake of this node's needs of the others that are under way. */
export interface OwnHandshakeSides {
	readonly turns: Turns;
	/** Whether somebody still waits for it: the peer's own may have been completed before. */
	isWaited(handshake: OwnHandshake): boolean;
	/** Runs EDHOC as initiator; calls `ended` of the handshake once, without an error when there is a session. */
	initiate(handshake: OwnHandshake): void;
	/** The run is over: its identifier is free. */
	over(handshake: OwnHandshake): void;
	/** A peer does not know this node: brings it this node's block; `done` once, with whether it was taken. */
	introduce(address: Address, done: (taken: boolean) => void): void;
	/** A peer does not listen to this node although it has its block: asks why. */
	inquire(address: Address): void;
	/** Tells who waits for this one. */
	failed(handshake: OwnHandshake, error: LinkError): void;
	/** Tells who waits for a handshake with a peer, wherever that was asked, and whichever side began the one that was completed. */
	completed(peer: IdText): void;
}

/**
 * A handshake that this node begins, when it is its turn: one object for all that waits for it, since a board has several
 * under way. A peer that does not know this node yet gets its block, and is asked once more.
 */
export class OwnHandshake {
	readonly #sides: OwnHandshakeSides;
	/** Of the peer and its address. */
	readonly name: string;
	readonly peer: IdText;
	readonly address: Address;
	readonly waiting: ((error: LinkError | undefined) => void)[];
	/** The identifier that this node has chosen for its run, in hexadecimal. */
	id: string | undefined;
	#isIntroduced = false;
	/** Whether it waits for its turn. */
	#isDue = false;
	#end: (() => void) | undefined;

	constructor(
		sides: OwnHandshakeSides,
		peer: IdText,
		address: Address,
		done: (error: LinkError | undefined) => void
	) {
		this.#sides = sides;
		this.name = handshakeName(peer, address);
		this.peer = peer;
		this.address = address;
		this.waiting = [done];
	}

	/** Begins a run when it is its turn; `isNext`: before those that wait. */
	enter(isNext = false): void {
		const begin = (end: () => void) => {
			this.#isDue = false;
			if (!this.#sides.isWaited(this)) {
				end();
				return;
			}
			this.#end = end;
			try {
				this.#sides.initiate(this);
			} catch (error) {
				this.ended(new LinkError("an error of this node's own"), false);
				throw error;
			}
		};
		this.#isDue = true;
		this.#sides.turns.enter(this.name, begin, isNext);
	}

	/** Somebody is in a hurry: where it waits for its turn, that is the next one. */
	hurry(): void {
		if (!this.#isDue) return;
		// One before it with this peer, which is over, may have a place there too.
		this.#sides.turns.leave(this.name);
		this.enter(true);
	}

	/** Somebody does not wait for it any more. Whether it is given up with that: nobody does, and it is not under way. */
	leave(done: (error: LinkError | undefined) => void): boolean {
		const place = this.waiting.indexOf(done);
		if (place >= 0) this.waiting.splice(place, 1);
		if (this.waiting.length > 0 || !this.#isDue) return false;
		this.#sides.turns.leave(this.name);
		return true;
	}

	/** The peer's own run stays: this one's turn is over, and who waits for it waits for that. */
	crossed(): void {
		this.#sides.over(this);
		this.#end?.();
		this.#end = undefined;
	}

	/** The run is over; `isStranger`: the peer does not know this node. */
	ended(error: LinkError | undefined, isStranger: boolean): void {
		const sides = this.#sides;
		sides.over(this);
		this.#end?.();
		this.#end = undefined;
		if (error === undefined) {
			sides.completed(this.peer);
			return;
		}
		if (!sides.isWaited(this)) return;
		if (!isStranger || this.#isIntroduced) {
			if (isStranger) sides.inquire(this.address);
			sides.failed(this, error);
			return;
		}
		this.#isIntroduced = true;
		const introduced = (taken: boolean) => {
			if (!sides.isWaited(this)) return;
			if (taken) this.enter();
			else sides.failed(this, error);
		};
		try {
			sides.introduce(this.address, introduced);
		} catch (fault) {
			// Such as a block that cannot be read any more.
			introduced(false);
			throw fault;
		}
	}
}

/** What tells one from another. */
export function handshakeName(peer: IdText, address: Address): string {
	return `${peer} ${addressText(address)}`;
}
