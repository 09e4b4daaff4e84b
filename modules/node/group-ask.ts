import type { IdText, Member } from "../chain/chain.js";
import type { Cancel, Clock, Turns } from "../clock/clock.js";
import type { Action } from "../devices/devices.js";
import type { AskOrder } from "./ask-order.js";
import type { Link } from "./link.js";
import { TaskAsk, type TaskAskOptions, type TaskResult, tellingTime } from "./task-ask.js";

/** Most that have not begun with all of their devices, each of which takes memory. */
const most = 16;
/** Milliseconds between two looks whether keys are still being agreed on with those before. */
const pause = 50;
const full: TaskResult = Object.freeze({ refused: "too many tasks are not answered yet" });

/** What all that this node asks of others shares. */
export interface AskingSides extends Pick<TaskAskOptions, "clock" | "notation" | "hint"> {
	readonly link: Pick<Link, "request" | "hasKeys" | "isAgreeing">;
	readonly clock: Clock;
	readonly turns: Turns;
	/** The state of a device, as it is now or was when a button was pressed. */
	look(peer: IdText, found: Parameters<TaskAskOptions["look"]>[0]): void;
	/** A device may have acted: what was seen of it before is not to be gone by. */
	forget(peer: IdText): void;
	readonly order: AskOrder;
	/** Those that have not begun with all of their devices, in the order in which they were asked. */
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
 * fill a board's memory; and of those that keys are to be agreed on with, a board does one after the other, only once it is
 * near its turn. All have been asked at one instant. What says how a device is to be takes the place of all that
 * it was asked to do before; a toggle and a reading wait until that is over.
 */
export class GroupAsk {
	readonly #options: GroupAskOptions;
	readonly #asked: number;
	/** When "no answer" is said of what is left. */
	readonly #tellAt: number;
	readonly #left: Member[];
	#cancelEnd: Cancel | undefined;
	#cancelPause: Cancel | undefined;
	/** How many have been asked and have not answered. */
	#open = 0;

	constructor(options: GroupAskOptions) {
		this.#options = options;
		const { age, sides } = options;
		const now = sides.clock.now();
		this.#asked = now - age;
		this.#tellAt = now + tellingTime(age);
		// Those first that answer at once: with the others keys are agreed on, one after the other.
		const { link } = sides;
		const isReady = ({ idText }: Member) => link.hasKeys(idText);
		this.#left = options.members.filter(isReady);
		for (const member of options.members) if (!isReady(member)) this.#left.push(member);
	}

	/** Begins, perhaps now. Where there is no room for it nothing is other than before. */
	begin(): void {
		const { sides, members } = this.#options;
		const { clock, order, waiting } = sides;
		if (this.#left.length === 0) return;
		if (waiting.size >= most && !(this.isSetting && [...waiting].some(before => before.isOverBy(members)))) {
			this.tellLeft(full);
			return;
		}
		if (this.isSetting) {
			for (const before of [...waiting]) before.replace(members);
			for (const { idText: peer } of members) order.replace(peer);
		}
		waiting.add(this);
		this.next();
		if (this.#left.length === 0) return;
		this.#cancelEnd = clock.after(Math.max(0, this.#tellAt - clock.now()), () => this.tellLeft("no answer"));
	}

	/** Whether it says how a device is to be, whatever that was before. */
	private get isSetting(): boolean {
		const { action } = this.#options;
		return action !== "read" && action !== "toggle";
	}

	/** Whether nobody is left of it once these are asked to be so or so. */
	private isOverBy(members: readonly Member[]): boolean {
		if (this.#options.action === "read") return false;
		const ids = members.map(({ idText }) => idText);
		return this.#left.every(({ idText }) => ids.includes(idText));
	}

	/** Some of them are asked to be so or so: with these it is over before it begins. */
	private replace(members: readonly Member[]): void {
		if (this.#options.action === "read") return;
		for (const { idText } of members) {
			const member = this.take(idText);
			if (member !== undefined) this.#options.done(member, "replaced");
		}
	}

	/** Takes a device out of those that are left. */
	private take(peer: IdText): Member | undefined {
		const place = this.#left.findIndex(({ idText }) => idText === peer);
		const [member] = place < 0 ? [] : this.#left.splice(place, 1);
		if (this.#left.length === 0) this.leave();
		return member;
	}

	/** It has begun with all of them. */
	private leave(): void {
		this.#options.sides.waiting.delete(this);
		this.#cancelEnd?.();
		this.#cancelPause?.();
	}

	/** Asks for a turn, the latest ask before those that wait: a press does not wait behind a task for all. */
	private next(): void {
		const [member] = this.#left;
		if (member !== undefined) this.#options.sides.turns.enter(member.idText, end => this.turn(end), true);
	}

	private turn(end: () => void): void {
		const [member] = this.#left;
		if (member === undefined) {
			end();
			return;
		}
		const peer = member.idText;
		if (this.isToWait(peer)) {
			end();
			this.#cancelPause = this.#options.sides.clock.after(pause, () => this.next());
			return;
		}
		// What the same device was asked for before comes first.
		for (const before of [...this.#options.sides.waiting]) {
			if (before === this) break;
			before.ask(before.take(peer));
		}
		this.take(peer);
		this.next();
		this.ask(member, end);
	}

	/** Whether it would only wait for those of the same task that were asked before. */
	private isToWait(peer: IdText): boolean {
		const { link } = this.#options.sides;
		return this.#open > 0 && link.isAgreeing && !link.hasKeys(peer);
	}

	private ask(member: Member | undefined, end: () => void = nothing): void {
		if (member === undefined) return;
		const { sides, action, number, done } = this.#options;
		const { clock, link, notation, hint, order } = sides;
		const peer = member.idText;
		// What took others' place is not refused any more: one such, beside so many readings.
		if (!this.isSetting && order.isFull(peer)) {
			end();
			done(member, full);
			return;
		}
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
				if (ask.isActing) sides.forget(peer);
				this.#open -= 1;
				// What the next ones throw as they begin must not keep this one's result from who asked.
				try {
					done(member, result);
				} finally {
					order.leave(ask);
					end();
				}
			}
		});
		this.#open += 1;
		order.enter(ask);
	}

	/** Of those that have had no turn. */
	private tellLeft(result: TaskResult): void {
		this.leave();
		for (const member of this.#left.splice(0)) this.#options.done(member, result);
	}
}

function nothing(): void {}
