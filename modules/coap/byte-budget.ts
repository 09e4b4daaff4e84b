/** A body that is coming in. */
export interface IncomingBody {
	/** Whether it comes from a peer that a security layer knows. */
	readonly isOfPeer: boolean;
	/** Ends it: a peer's needs its room. Gives that back by `close`. */
	giveWay(): void;
}

/** Bounds how many bodies come in at once, and their bytes together. Those of strangers give way to those of peers. */
export class ByteBudget {
	readonly #maxBodies: number;
	readonly #maxBytes: number;
	readonly #strangers = new Set<IncomingBody>();
	#bodies = 0;
	#bytes = 0;

	constructor(options: { readonly maxBodies: number; readonly maxBytes: number }) {
		this.#maxBodies = options.maxBodies;
		this.#maxBytes = options.maxBytes;
	}

	/** Room for one more body; false when there is none. */
	open(body: IncomingBody): boolean {
		while (this.#bodies >= this.#maxBodies) if (!this.makeRoom(body)) return false;
		this.#bodies += 1;
		if (!body.isOfPeer) this.#strangers.add(body);
		return true;
	}

	/** Room for more bytes of an open body; false when there is none. */
	take(body: IncomingBody, bytes: number): boolean {
		while (this.#bytes + bytes > this.#maxBytes) if (!this.makeRoom(body)) return false;
		this.#bytes += bytes;
		return true;
	}

	/** Gives back a body and the bytes taken for it. */
	close(body: IncomingBody, bytes: number): void {
		this.#strangers.delete(body);
		this.#bodies -= 1;
		this.#bytes -= bytes;
	}

	/** By the oldest of strangers; false where there is none, or for one of theirs. */
	private makeRoom({ isOfPeer }: IncomingBody): boolean {
		const [oldest] = this.#strangers;
		if (!isOfPeer || oldest === undefined) return false;
		// Whatever comes of it, it is asked once.
		this.#strangers.delete(oldest);
		oldest.giveWay();
		return true;
	}
}
