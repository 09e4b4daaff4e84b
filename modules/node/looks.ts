import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import type { State } from "../devices/devices.js";
import type { Link, LinkRequest } from "./link.js";
import type { Notation } from "./notation.js";
import { tasksPath } from "./task-ask.js";
import { tellAll } from "./tell-all.js";

/** Milliseconds for which a state that was seen will do: as long as a button may be held before it means something else. */
const fresh = 3_000;
/** Milliseconds for an answer. */
const patience = 5_000;

type Found = (state: State | undefined) => void;

export interface LooksOptions {
	readonly clock: Clock;
	readonly link: Pick<Link, "request">;
	readonly notation: Notation;
	/** The first 4 bytes of the chain's digest, now. */
	readonly hint: () => Uint8Array;
}

/** How the devices of other members are, for who is about to have them do something that depends on it. */
export class Looks {
	readonly options: LooksOptions;
	readonly #seen: Recent<State>;
	readonly #under = new Map<IdText, Look>();

	constructor(options: LooksOptions) {
		this.options = options;
		this.#seen = new Recent(options.clock, fresh);
	}

	/** Calls `found` once, perhaps at once: with undefined when the device does not answer. */
	at(peer: IdText, found: Found): void {
		const seen = this.#seen.get(peer);
		if (seen !== undefined) {
			found(seen);
			return;
		}
		const known = this.#under.get(peer);
		const look = known ?? new Look(this, peer);
		look.waiting.push(found);
		if (known !== undefined) return;
		this.#under.set(peer, look);
		this.options.link.request(look);
	}

	/** Whether an answer is waited for. */
	get isUnderWay(): boolean {
		return this.#under.size > 0;
	}

	/** A device has been asked for something: what was seen before, or is on its way, is not to be gone by. */
	forget(peer: IdText): void {
		this.#seen.delete(peer);
		this.#under.delete(peer);
	}

	end(look: Look, state: State | undefined): void {
		if (this.#under.get(look.peer) === look) {
			this.#under.delete(look.peer);
			if (state !== undefined) this.#seen.set(look.peer, state);
		}
		tellAll(look.waiting, state);
	}
}

/** One reading under way. */
class Look implements LinkRequest {
	readonly peer: IdText;
	readonly path = tasksPath;
	readonly code = Code.Post;
	readonly isUrgent = true;
	readonly timeout = patience;
	readonly payload: Uint8Array;
	readonly waiting: Found[] = [];
	readonly #looks: Looks;

	constructor(looks: Looks, peer: IdText) {
		this.#looks = looks;
		this.peer = peer;
		const { notation, hint } = looks.options;
		this.payload = notation.taskRequest.write({ action: "read", hint: hint(), stamp: undefined });
	}

	onReply(payload: Uint8Array): void {
		this.#looks.end(this, this.#looks.options.notation.taskReply.read(payload));
	}

	onFailure(): void {
		this.#looks.end(this, undefined);
	}
}
