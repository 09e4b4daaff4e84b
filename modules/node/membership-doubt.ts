import type { Chain, IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";

/** Milliseconds for which members may only not have heard of this node yet. */
const patience = 30_000;
/** Milliseconds after which a doubt that nobody has repeated is of no account. */
const memory = 300_000;

export interface MembershipDoubtOptions {
	readonly clock: Pick<Clock, "now">;
	readonly chain: Chain;
	readonly report: (text: string) => void;
}

/**
 * Tells a person, once, that a member does not take this node for one. An owner's table may have left it out while it was off, and
 * nobody shows that to who is out: a table says who the others are. Anyone at a member's address can say so; nothing else comes of it.
 */
export class MembershipDoubt {
	readonly #options: MembershipDoubtOptions;
	/** Who said so last, and since when somebody does. */
	#doubt: { readonly peer: IdText; readonly since: number; readonly at: number } | undefined;
	#isTold = false;

	constructor(options: MembershipDoubtOptions) {
		this.#options = options;
	}

	/** Who does not take this node for a member, as people see it; undefined before that was told, and where nobody has repeated it. */
	get doubter(): string | undefined {
		const { chain, clock } = this.#options;
		const doubt = this.#doubt;
		const isOpen = this.#isTold && doubt !== undefined && clock.now() - doubt.at <= memory;
		return isOpen ? chain.members.directory.labelOf(doubt.peer) : undefined;
	}

	/** A member says that it does not know this node. */
	doubted(peer: IdText): void {
		const { clock, report } = this.#options;
		const at = clock.now();
		const last = this.#doubt;
		const isRepeated = last !== undefined && at - last.at <= memory;
		if (!isRepeated) this.#isTold = false;
		const since = isRepeated ? last.since : at;
		this.#doubt = { peer, since, at };
		if (this.#isTold || at - since < patience) return;
		this.#isTold = true;
		const what = 'if "members" there does not show it, the home has left it out while it was off';
		report(
			`${this.doubter} does not take this node for a member: ${what}; use the recovery key, or "reset" this node and have it admitted again`
		);
	}

	/** The chain is the same as a member's: that one knows this node. */
	compared(peer: IdText): void {
		if (this.#doubt?.peer !== peer) return;
		const { doubter } = this;
		this.#doubt = undefined;
		this.#isTold = false;
		if (doubter !== undefined) this.#options.report(`${doubter} takes this node for a member again`);
	}
}
