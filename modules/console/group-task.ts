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

/** What a person sees of a task for several: each result as it comes, and now and then who is still being asked. */
export class GroupTask {
	readonly #options: GroupTaskOptions;
	readonly #left = new Map<IdText, Member>();
	#cancel: Cancel | undefined;

	constructor(options: GroupTaskOptions) {
		this.#options = options;
		for (const member of options.members) this.#left.set(member.idText, member);
		// Of one alone "no answer" says as much.
		if (options.members.length > 1) this.#cancel = this.tellLater();
	}

	/** What came of it at one of them. */
	show(member: Member, result: TaskResult): void {
		const { label, text, write } = this.#options;
		this.#left.delete(member.idText);
		if (this.#left.size === 0) this.#cancel?.();
		write(`${label(member)}: ${text(member, result)}`);
	}

	private tellLater(): Cancel {
		const { clock, label, write } = this.#options;
		return clock.after(interval, () => {
			if (this.#left.size === 0) return;
			this.#cancel = this.tellLater();
			write(`* still asking ${[...this.#left.values()].map(label).join(", ")}`);
		});
	}
}
