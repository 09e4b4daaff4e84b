import type { IdText } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import { Code, codeClass, type PendingRequest, TimeoutError } from "../coap/coap.js";
import type { Action, State } from "../devices/devices.js";
import type { Link, LinkError, LinkRequest } from "./link.js";
import { type Notation, restEnd, type TaskStamp } from "./notation.js";

/** Where a node takes task requests. */
export const tasksPath = "/tasks";

/** Milliseconds after it was asked in which a task may act. */
export const actWindow = 9_500;
/** Milliseconds after which "no answer" is said: half a second later, for clocks that do not run alike. */
export const askWindow = 10_000;
/** Milliseconds before a task that failed is sent again. */
const pause = 1_000;
/** How often a task is sent again at once with an Echo that it was given. */
const challengesLimit = 3;

/** What came of a task: the device's state, or why there is none. */
export type TaskResult =
	| { readonly state: State }
	| { readonly refused: string }
	/** It may have acted, and will not any more. */
	| "no answer"
	/** This node has asked the same device for something else since: it may have acted before that. */
	| "replaced";

/** What a person is told of a task. */
export function resultText(result: TaskResult): string {
	if (result === "no answer") return result;
	if (result === "replaced") return "replaced by a newer task";
	return "state" in result ? result.state : result.refused;
}

/** Milliseconds before "no answer" is said of what may be as old as that, or new; at once where it can act no more. */
export function tellingTime(age: number): number {
	return age > actWindow ? 0 : askWindow;
}

export interface TaskAskOptions {
	readonly clock: Clock;
	readonly link: Pick<Link, "request">;
	readonly notation: Notation;
	readonly peer: IdText;
	readonly action: Action;
	/** When it can have been asked at the earliest: a press in a standstill is seen after that. */
	readonly asked: number;
	/** When "no answer" is said. */
	readonly end: number;
	/** 16 bits, that no other ask of this node has in the same minute. */
	readonly number: number;
	/** The first 4 bytes of the chain's digest, now. */
	readonly hint: () => Uint8Array;
	/** The device's state, as it is now or was when a button was pressed; undefined when it cannot be read. */
	readonly look: (found: (state: State | undefined) => void) => void;
	/** Called once. */
	readonly done: (result: TaskResult) => void;
}

/**
 * Asks one device for one thing: from the moment it is asked until the reply, or until the 10 seconds are over in
 * which it may be done. It goes again as often as that helps: the device acts on it at most once, by its number.
 */
export class TaskAsk implements LinkRequest {
	readonly path = tasksPath;
	readonly code = Code.Post;
	readonly isUrgent = true;
	readonly #options: TaskAskOptions;
	readonly #asked: number;
	readonly #cancelEnd: Cancel;
	#cancelPause: Cancel | undefined;
	#pending: PendingRequest | undefined;
	/** What is sent: a toggle does not travel. */
	#action: Action;
	#rest = 0;
	/** As it was last written; undefined when it is to be written anew. */
	#payload: Uint8Array | undefined;
	/** Whether a copy that could act was sent, and nobody has said what became of it. */
	#isUnsure = false;
	/** Whether that was so before the last copy. */
	#isRepeated = false;
	#challenges = 0;
	#isOver = false;

	constructor(options: TaskAskOptions) {
		this.#options = options;
		const { clock, action, asked, end } = options;
		this.#action = action;
		this.#asked = asked;
		this.#cancelEnd = clock.after(Math.max(0, end - clock.now()), () => this.end("no answer"));
	}

	get peer(): IdText {
		return this.#options.peer;
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	get isActing(): boolean {
		return this.#action !== "read";
	}

	get timeout(): number {
		return Math.max(1, this.#asked + askWindow - this.#options.clock.now());
	}

	/** The layers below read it several times. */
	get payload(): Uint8Array {
		this.#payload ??= this.write();
		return this.#payload;
	}

	private write(): Uint8Array {
		const { notation, number, hint } = this.#options;
		const stamp: TaskStamp = { ask: number, rest: this.#rest, isRepeated: this.#isRepeated };
		return notation.taskRequest.write({ action: this.#action, hint: hint(), stamp });
	}

	/** Sends it; a toggle once it is known what it comes to. */
	send(): void {
		if (this.#isOver) return;
		if (this.#action !== "toggle") {
			this.#pending = this.#options.link.request(this);
			return;
		}
		this.#options.look(state => {
			if (this.#isOver) return;
			if (state === undefined) {
				this.again();
			} else {
				this.#action = state === "on" ? "off" : "on";
				this.#payload = undefined;
				this.send();
			}
		});
	}

	/** The same node asks the same device for something else. */
	replace(): void {
		this.end("replaced");
	}

	/** Nothing that acts is sealed when its time is over, also by a process that was frozen meanwhile. */
	onSealing(heard: number | undefined): void {
		const now = this.#options.clock.now();
		const age = now - this.#asked;
		if (this.#isOver || age > actWindow) throw new TimeoutError("the time in which it may act is over");
		this.#rest = 0;
		this.#payload = undefined;
		this.#isRepeated = this.#isUnsure;
		// Without a proof nobody acts on it: what comes back is one.
		if (heard === undefined) return;
		const left = Math.floor((actWindow - (heard - this.#asked)) / 100);
		if (left <= 0) throw new TimeoutError("the time in which it may act is over");
		this.#rest = Math.min(left, restEnd - 1);
		this.#isUnsure = true;
	}

	onReply(payload: Uint8Array): void {
		this.end({ state: this.#options.notation.taskReply.read(payload) });
	}

	onFailure(error: LinkError): void {
		if (error.code === Code.Unauthorized) {
			// The device has not acted on this copy; of those before it, it may know nothing any more.
			this.#isUnsure = this.#isRepeated;
			this.#challenges += 1;
			if (this.#challenges <= challengesLimit) this.send();
			else this.again();
		} else if (error.code === undefined || error.code === Code.Conflict || codeClass(error.code) === 5) {
			// A fault of the device's own tells not whether it has acted.
			this.again();
		} else {
			this.end({ refused: error.message });
		}
	}

	private again(): void {
		this.#cancelPause = this.#options.clock.after(pause, () => this.send());
	}

	private end(result: TaskResult): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#cancelEnd();
		this.#cancelPause?.();
		this.#pending?.cancel();
		this.#options.done(result);
	}
}
