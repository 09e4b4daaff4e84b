import type { IdText } from "../chain/chain.js";
import type { TaskAsk } from "./task-ask.js";

/** Most that one device is asked for at once: what waits takes memory. */
const most = 8;

/**
 * What this node asks of devices: of each, one thing after the other, in the order in which it was asked. Every ask has
 * its own deadline, so none waits longer than that for those before it.
 */
export class AskOrder {
	/** Of each device, what is not over: the first is under way, the others wait. */
	readonly #lines = new Map<IdText, TaskAsk[]>();

	/** Whether nothing is under way. */
	get isEmpty(): boolean {
		return this.#lines.size === 0;
	}

	/** Whether a device has been asked for as much as there is room for. */
	isFull(peer: IdText): boolean {
		return (this.#lines.get(peer)?.length ?? 0) >= most;
	}

	/** Begins an ask once those before it are over, perhaps now. */
	enter(ask: TaskAsk): void {
		const line = this.#lines.get(ask.peer);
		if (line !== undefined) {
			line.push(ask);
			return;
		}
		this.#lines.set(ask.peer, [ask]);
		ask.send();
	}

	/** An ask is over; the next one begins if it was its turn. */
	leave(ask: TaskAsk): void {
		this.keep(ask.peer, other => other !== ask);
	}

	/** Ends all that a device was asked to do: how it is to be does not depend on that any more. */
	replace(peer: IdText): void {
		const replaced = this.#lines.get(peer)?.filter(ask => ask.isActing) ?? [];
		this.keep(peer, ask => !ask.isActing);
		for (const ask of replaced) ask.replace();
	}

	private keep(peer: IdText, isKept: (ask: TaskAsk) => boolean): void {
		const line = this.#lines.get(peer);
		if (line === undefined) return;
		const left = line.filter(isKept);
		const [first] = left;
		if (first === undefined) this.#lines.delete(peer);
		else this.#lines.set(peer, left);
		if (first !== line[0]) first?.send();
	}
}
