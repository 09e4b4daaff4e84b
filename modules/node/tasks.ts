import { equalBytes } from "../bytes/bytes.js";
import type { Chain, Member } from "../chain/chain.js";
import { type Cancel, type Clock, Turns } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import { type Action, ActionError, type Device, type State } from "../devices/devices.js";
import type { Answer, Link } from "./link.js";
import { MessageError, type Notation } from "./notation.js";

/** Where a node takes task requests. */
export const tasksPath = "/tasks";

/** Milliseconds that a person waits for a device to answer. */
const timeout = 9_000;
/** Devices that are asked at once: each takes one of the security contexts, of which a board has few. */
export const askedAtOnce = 3;
/** Milliseconds after which the next one is asked although the one before has not answered: it may be away. */
const turnLength = 500;
/** Milliseconds without a word of an observed device before it is observed anew. */
const silence = 60_000;
/** Milliseconds before an observation that ended is tried again. */
const pause = 5_000;

/** Who may have this device do what. */
export interface TaskJudge {
	/** Calls `judge` once, when this node knows enough to say whether a member may have its device do something. */
	before(action: Action, from: Member, judge: () => void): void;
	/** Why a member may not have this device do something, or undefined. */
	refusal(action: Action, from: Member): string | undefined;
}

export interface TasksOptions {
	readonly chain: Chain;
	readonly link: Link;
	readonly notation: Notation;
	readonly device: Device;
	readonly clock: Clock;
	readonly judge: TaskJudge;
	/** The device did what a member asked. */
	readonly onPerformed: (action: Action, state: State, by: Member) => void;
	/** The asker's chain is not like ours. */
	readonly onDifference: (from: Member) => void;
}

/** What came of a task: the device's state, or why there is none. */
export type TaskResult = { readonly state: State } | { readonly refused: string } | "no answer";

/** The paper's task request: a command to a device and its reply, which carries the state after it. */
export class Tasks {
	readonly #options: TasksOptions;
	readonly #turns: Turns;
	/** Tells those who observe the device that its state has changed. */
	readonly changed: () => void;

	constructor(options: TasksOptions) {
		this.#options = options;
		this.#turns = new Turns(options.clock, turnLength, askedAtOnce);
		const { device, link, notation } = options;
		this.changed = link.serve(
			tasksPath,
			{ [Code.Post]: (from, payload, answer) => this.#perform(from, payload, answer) },
			() => notation.taskReply.write(device.state)
		);
	}

	/**
	 * Hears the state of a member's device now and whenever it changes. An observation that ends, or from which nothing
	 * has come for a minute, is registered again; `onResult` hears "no answer" once each time that fails.
	 */
	watch(member: Member, onResult: (result: TaskResult) => void): Cancel {
		const { link, notation, clock } = this.#options;
		let cancelObservation: Cancel = () => undefined;
		let cancelTimer: Cancel = () => undefined;
		let isOver = false;
		let last: State | "no answer" | undefined;
		const again = (wait: number) => {
			cancelTimer();
			if (isOver) return;
			cancelTimer = clock.after(wait, () => {
				cancelObservation();
				begin();
			});
		};
		const begin = () => {
			again(silence);
			cancelObservation = link.observe({
				peer: member.idText,
				path: tasksPath,
				onState: payload => {
					const state = readState(notation, payload);
					again(silence);
					if (state === undefined || state === last || isOver) return;
					last = state;
					onResult({ state });
				},
				onEnd: error => {
					if (isOver) return;
					again(pause);
					if (last === "no answer") return;
					last = "no answer";
					onResult(error.code === undefined ? "no answer" : { refused: error.message });
				}
			});
		};
		begin();
		return () => {
			isOver = true;
			cancelTimer();
			cancelObservation();
		};
	}

	/**
	 * Asks one member's device when it is its turn; `done` is called once, at most 9 seconds after that. The latest is next:
	 * a press does not wait behind a task for all.
	 */
	ask(member: Member, action: Action, done: (result: TaskResult) => void): void {
		const job = (end: () => void) =>
			this.#request(member, action, result => {
				end();
				done(result);
			});
		this.#turns.enter(member.idText, job, true);
	}

	#request(member: Member, action: Action, done: (result: TaskResult) => void): void {
		const { link, chain, notation } = this.#options;
		link.request({
			peer: member.idText,
			code: Code.Post,
			path: tasksPath,
			payload: notation.taskRequest.write({ action, hint: chainHint(chain) }),
			timeout,
			isRepeatable: action !== "toggle",
			onReply: payload => done({ state: notation.taskReply.read(payload) }),
			onFailure: error => done(error.code === undefined ? "no answer" : { refused: error.message })
		});
	}

	#perform(from: Member, payload: Uint8Array, answer: Answer): void {
		const { action, hint } = this.#options.notation.taskRequest.read(payload);
		this.#options.judge.before(action, from, () => this.#act(from, action, hint, answer));
	}

	#act(from: Member, action: Action, hint: Uint8Array, answer: Answer): void {
		const { device, chain, judge, notation, onPerformed, onDifference } = this.#options;
		const refusal = judge.refusal(action, from);
		if (refusal !== undefined) {
			answer.refuse(Code.Forbidden, refusal);
			return;
		}
		let state: State;
		try {
			state = device.perform(action);
		} catch (error) {
			if (!(error instanceof ActionError)) throw error;
			answer.refuse(Code.BadRequest, error.message);
			return;
		}
		// Kept before it is told: what a person was told must outlive a power cut.
		onPerformed(action, state, from);
		answer.reply(notation.taskReply.write(state));
		// A hint only: the task was done whatever the chains are like.
		if (!equalBytes(hint, chainHint(chain))) onDifference(from);
	}
}

/** Undefined for what is no state: a peer's fault, not worth ending anything for. */
function readState(notation: Notation, payload: Uint8Array): State | undefined {
	try {
		return notation.taskReply.read(payload);
	} catch (error) {
		if (!(error instanceof MessageError)) throw error;
		return undefined;
	}
}

/** Four bytes of the chain's digest. */
function chainHint(chain: Chain): Uint8Array {
	return chain.digest.subarray(0, 4);
}
