import type { IdText, Member } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { TaskResult } from "../node/node.js";

/** Milliseconds after which a person is told who has not answered yet, and between that and the next time. */
const interval = 3_000;

export interface GroupTaskOptions {
	readonly clock: Clock;
	readonly members: readonly Member[];
	/** What a person knows a member by. */
	readonly label: (member: Member) => string;
	/** What a person is told of a result. */
	readonly text: (member: Member, result: TaskResult) => string;
	readonly write: (line: string) => void;
}

/**
 * What a person sees of a task for several: each result as it comes, now and then who is still being asked, and at the end
 * of how many nothing was heard in time.
 */
export class GroupTask {
	readonly #options: GroupTaskOptions;
	readonly #all: number;
	readonly #left = new Map<IdText, Member>();
	/** Of how many nothing was heard in time. */
	#silent = 0;
	#cancel: Cancel | undefined;

	constructor(options: GroupTaskOptions) {
		this.#options = options;
		this.#all = options.members.length;
		for (const member of options.members) this.#left.set(member.idText, member);
		// Of one alone "no answer" says as much.
		if (options.members.length > 1) this.#cancel = this.tellLater();
	}

	/** What came of it at one of them. */
	show(member: Member, result: TaskResult): void {
		const { label, text, write } = this.#options;
		this.#left.delete(member.idText);
		if (result === "no answer") this.#silent += 1;
		write(`${label(member)}: ${text(member, result)}`);
		if (this.#left.size > 0) return;
		this.#cancel?.();
		// Each of whom keys were agreed on meanwhile answers at once then.
		if (this.#silent > 0 && this.#all > 1)
			write(`* ${this.#silent} of ${this.#all} did not answer: ask again`);
	}

	private tellLater(): Cancel {
		const { clock, label, write } = this.#options;
		return clock.after(interval, () => {
			if (this.#left.size === 0) return;
			this.#cancel = this.tellLater();
			const left = [...this.#left.values()];
			const heard = this.#all - left.length;
			write(`* ${heard} of ${this.#all} have answered; still asking ${left.map(label).join(", ")}`);
		});
	}
}
