import type { Clock } from "../clock/clock.js";
import { HeldTimes, type Holding } from "./held-times.js";

/** A body that is coming in. */
export interface IncomingBody {
	/** From which peer that a security layer knows, if it is from one. */
	readonly peer: string | undefined;
	/** Ends it: another one needs its room. Gives that back by `close`. */
	giveWay(): void;
}

interface Open extends Holding {
	readonly body: IncomingBody;
}

/**
 * Bounds how many bodies come in at once, and their bytes together. Those of strangers give way to those of peers, the
 * oldest first, and these to each other as `HeldTimes` says.
 */
export class ByteBudget {
	readonly #clock: Pick<Clock, "now">;
	readonly #maxBodies: number;
	readonly #maxBytes: number;
	readonly #heldTimes: HeldTimes;
	/** Those that can still be asked to give way; the oldest first. */
	readonly #open = new Map<IncomingBody, Open>();
	#bodies = 0;
	#bytes = 0;

	constructor(options: {
		readonly clock: Pick<Clock, "now">;
		readonly maxBodies: number;
		readonly maxBytes: number;
	}) {
		this.#clock = options.clock;
		this.#maxBodies = options.maxBodies;
		this.#maxBytes = options.maxBytes;
		this.#heldTimes = new HeldTimes(options.clock);
	}

	/** Room for one more body; false when there is none. */
	open(body: IncomingBody): boolean {
		const open = { body, peer: body.peer ?? "", since: this.#clock.now() };
		while (this.#bodies >= this.#maxBodies) if (!this.makeRoom(open)) return false;
		this.#bodies += 1;
		this.#open.set(body, open);
		return true;
	}

	/** Room for more bytes of an open body; false when there is none. */
	take(body: IncomingBody, bytes: number): boolean {
		const open = this.#open.get(body);
		while (this.#bytes + bytes > this.#maxBytes) if (open === undefined || !this.makeRoom(open)) return false;
		this.#bytes += bytes;
		return true;
	}

	/** Gives back a body and the bytes taken for it. */
	close(body: IncomingBody, bytes: number): void {
		this.forget(body);
		this.#bodies -= 1;
		this.#bytes -= bytes;
	}

	/** False where nobody's gives way to this one. */
	private makeRoom(newest: Open): boolean {
		if (newest.body.peer === undefined) return false;
		const all = [...this.#open.values()];
		const stranger = all.find(({ body }) => body.peer === undefined);
		const least = stranger ?? this.#heldTimes.leastNeeded(all, newest);
		if (least === undefined) return false;
		// Whatever comes of it, it is asked once.
		this.forget(least.body);
		least.body.giveWay();
		return true;
	}

	private forget(body: IncomingBody): void {
		const open = this.#open.get(body);
		if (open === undefined) return;
		this.#open.delete(body);
		if (body.peer !== undefined) this.#heldTimes.ended(open);
	}
}
