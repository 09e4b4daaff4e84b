import type { IdText, Member } from "../chain/chain.js";
import type { Clock, Turns } from "../clock/clock.js";
import type { Action } from "../devices/devices.js";
import { TaskAsk, type TaskAskOptions, type TaskResult, tellingTime } from "./task-ask.js";

/** What all that this node asks of others shares. */
export interface AskingSides extends Pick<TaskAskOptions, "clock" | "link" | "notation" | "hint"> {
	readonly clock: Clock;
	readonly turns: Turns;
	/** The state of a device, as it is now or was when a button was pressed. */
	look(peer: IdText, found: Parameters<TaskAskOptions["look"]>[0]): void;
	/** Of each device, what this node has it do at the moment. */
	readonly acting: Map<IdText, TaskAsk>;
	/** Those that act and have not begun with all of their devices. */
	readonly waiting: Set<GroupAsk>;
}

export interface GroupAskOptions {
	readonly sides: AskingSides;
	readonly members: readonly Member[];
	readonly action: Action;
	/** Milliseconds for which it may have been asked already. */
	readonly age: number;
	/** As of a `TaskAsk`. */
	readonly number: number;
	/** Called once for each of them. */
	readonly done: (member: Member, result: TaskResult) => void;
}

/**
 * Asks devices for one thing, each when there is a turn for it: what is under way with all devices of a large home would
 * fill a board's memory. All have been asked at one instant, and what a device has been asked for since goes before.
 */
export class GroupAsk {
	readonly #options: GroupAskOptions;
	readonly #asked: number;
	/** When "no answer" is said of what is left. */
	readonly #tellAt: number;
	readonly #left: Member[];

	constructor(options: GroupAskOptions) {
		this.#options = options;
		const { age, sides } = options;
		const now = sides.clock.now();
		this.#asked = now - age;
		this.#tellAt = now + tellingTime(age);
		this.#left = [...options.members];
	}

	/** Begins, perhaps now. */
	begin(): void {
		const { sides, members, action } = this.#options;
		const { acting, clock, waiting } = sides;
		if (action !== "read") {
			for (const before of [...waiting]) before.#replace(members);
			for (const { idText: peer } of members) acting.get(peer)?.replace();
			waiting.add(this);
		}
		this.#next();
		if (this.#left.length > 0) clock.after(Math.max(0, this.#tellAt - clock.now()), () => this.#end());
	}

	/** The same node asks some of them for something else: with these it is over before it begins. */
	#replace(members: readonly Member[]): void {
		for (const { idText } of members) {
			const place = this.#left.findIndex(left => left.idText === idText);
			for (const member of place < 0 ? [] : this.#left.splice(place, 1))
				this.#options.done(member, "replaced");
		}
	}

	/** Asks for a turn, the latest ask before those that wait: a press does not wait behind a task for all. */
	#next(): void {
		const [member] = this.#left;
		if (member !== undefined) this.#options.sides.turns.enter(member.idText, end => this.#turn(end), true);
	}

	#turn(end: () => void): void {
		const member = this.#left.shift();
		if (this.#left.length === 0) this.#options.sides.waiting.delete(this);
		if (member === undefined) {
			end();
			return;
		}
		this.#next();
		this.#ask(member, end);
	}

	#ask(member: Member, end: () => void): void {
		const { sides, action, number, done } = this.#options;
		const { acting, clock, link, notation, hint } = sides;
		const peer = member.idText;
		const ask = new TaskAsk({
			clock,
			link,
			notation,
			peer,
			action,
			asked: this.#asked,
			end: this.#tellAt,
			number,
			hint,
			look: found => sides.look(peer, found),
			done: result => {
				if (acting.get(peer) === ask) acting.delete(peer);
				// What the next one throws as it begins must not keep this one's result from who asked.
				try {
					end();
				} finally {
					done(member, result);
				}
			}
		});
		if (action !== "read") acting.set(peer, ask);
		ask.send();
	}

	/** The time is over for those that have had no turn. */
	#end(): void {
		this.#options.sides.waiting.delete(this);
		for (const member of this.#left.splice(0)) this.#options.done(member, "no answer");
	}
}
