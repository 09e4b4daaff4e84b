import type { Clock } from "../clock/clock.js";

/** Milliseconds for which it is remembered that the host could not send. */
const remembered = 300_000;
/** To how many addresses. */
const hostsLimit = 8;

const everyone = "255.255.255.255";

interface Refusal {
	/** Why, in the host's words. */
	readonly reason: string;
	/** When it was so first, in milliseconds. */
	readonly since: number;
	/** And when last. */
	readonly at: number;
}

/** To whom the host could not send a datagram, and why, as long as none got out to there since. */
export class SendFaults {
	readonly #clock: Pick<Clock, "now">;
	/** By host, who failed first first. */
	readonly #refusals = new Map<string, Refusal>();
	/** When one was sent to anybody, while others were refused. */
	#sent = Number.NEGATIVE_INFINITY;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
	}

	/** A datagram got out. */
	sent(host: string): void {
		if (this.#refusals.size === 0) return;
		this.#refusals.delete(host);
		this.#sent = this.#clock.now();
	}

	refused(host: string, reason: string): void {
		const at = this.#clock.now();
		const { since = at } = this.#refusals.get(host) ?? {};
		this.#refusals.set(host, { reason, since, at });
		const [oldest] = this.#refusals.keys();
		if (this.#refusals.size > hostsLimit && oldest !== undefined) this.#refusals.delete(oldest);
	}

	/** Why nothing can be sent to a host; undefined where it can, or nobody has tried. */
	of(host = everyone): string | undefined {
		this.forget();
		return this.#refusals.get(host)?.reason;
	}

	/** Why the last one was refused; undefined where none is. */
	get last(): string | undefined {
		this.forget();
		let last: Refusal | undefined;
		for (const refusal of this.#refusals.values()) if (refusal.at >= (last?.at ?? 0)) last = refusal;
		return last?.reason;
	}

	/** Whether none got out since the first was refused. */
	get isCut(): boolean {
		const [oldest] = this.#refusals.values();
		return oldest !== undefined && this.#sent < oldest.since;
	}

	/** In words, as "cannot send: Network is unreachable"; undefined where there is nothing to say. */
	get text(): string | undefined {
		const { last } = this;
		if (last === undefined || this.isCut) return last && `cannot send: ${last}`;
		const hosts = [...this.#refusals.keys()].map(host => (host === everyone ? "everyone" : host));
		return `cannot send to ${hosts.join(", ")}: ${last}`;
	}

	private forget(): void {
		const now = this.#clock.now();
		for (const [host, { at }] of this.#refusals) if (now - at > remembered) this.#refusals.delete(host);
	}
}
