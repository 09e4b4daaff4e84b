import { equalBytes } from "../bytes/bytes.js";
import type { Chain, Member } from "../chain/chain.js";
import { type Cancel, type Clock, Turns } from "../clock/clock.js";
import { Code, type Freshness } from "../coap/coap.js";
import { type Action, ActionError, type Device, type State } from "../devices/devices.js";
import { AskOrder } from "./ask-order.js";
import { type AskingSides, GroupAsk } from "./group-ask.js";
import type { Answer, Link } from "./link.js";
import { Looks } from "./looks.js";
import { MessageError, type Notation } from "./notation.js";
import { type Taken, TakenTasks, type Verdict } from "./taken-tasks.js";
import { type TaskResult, tasksPath } from "./task-ask.js";

export { actWindow, resultText, type TaskResult, tasksPath } from "./task-ask.js";

/** Numbers of asks are below this. */
const asksEnd = 65_536;
/** What an asker is told whose task came too late to count. */
const newer = "a newer task came before it";

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
	/**
	 * Calls `judge` once, when this node knows enough to say whether a member may have its device do something, unless what
	 * is returned is called before.
	 */
	before(action: Action, from: Member, judge: () => void): Cancel;
	/** Why a member may not have this device do something, or undefined. */
	refusal(action: Action, from: Member): string | undefined;
}

export interface TasksOptions {
	readonly chain: Pick<Chain, "digest">;
	readonly link: Pick<Link, "serve" | "request" | "observe" | "hasKeys" | "isAgreeing">;
	readonly notation: Notation;
	readonly device: Device;
	readonly clock: Clock;
	/** When this program was started; now by default. What was asked before it may have been done by another run of it. */
	readonly begin?: number | undefined;
	/** Unpredictable bytes. */
	readonly random: (count: number) => Uint8Array;
	readonly judge: TaskJudge;
	/** The device did what a member asked. */
	readonly onPerformed: (action: Action, state: State, by: Member) => void;
	/** The asker's chain is not like ours. */
	readonly onDifference: (from: Member) => void;
}

/** The paper's task request: a command to a device and its reply, which carries the state after it. */
export class Tasks {
	readonly #options: TasksOptions;
	readonly #sides: AskingSides;
	readonly #taken: TakenTasks;
	readonly #looks: Looks;
	/** Of the last ask; at random after a start. */
	#number: number;
	/** Tells those who observe the device that its state has changed. */
	readonly changed: () => void;

	constructor(options: TasksOptions) {
		this.#options = options;
		const { chain, device, link, notation, clock, random } = options;
		this.#taken = new TakenTasks(clock, options.begin ?? clock.now());
		const hint = () => chainHint(chain);
		this.#looks = new Looks({ clock, link, notation, hint });
		this.#sides = {
			clock,
			link,
			notation,
			hint,
			turns: new Turns(clock, turnLength, { width: askedAtOnce }),
			look: (peer, found) =>
				this.#looks.at(peer, state => {
					this.#looks.forget(peer);
					found(state);
				}),
			forget: peer => this.#looks.forget(peer),
			order: new AskOrder(),
			waiting: new Set()
		};
		const [high = 0, low = 0] = random(2);
		this.#number = high * 256 + low;
		this.changed = link.serve(tasksPath, { [Code.Post]: (...asked) => this.perform(...asked) }, () =>
			notation.taskReply.write(device.state)
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
		let isHeard = false;
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
			isHeard = false;
			again(silence);
			cancelObservation = link.observe({
				peer: member.idText,
				path: tasksPath,
				onState: payload => {
					const state = readState(notation, payload);
					isHeard = true;
					again(silence);
					if (state === undefined || state === last || isOver) return;
					last = state;
					onResult({ state });
				},
				onEnd: error => {
					if (isOver) return;
					again(pause);
					// One that breaks off, as with new keys, says nothing of the device: whether that is there shows when it is asked anew.
					if (last === "no answer" || isHeard) return;
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
	 * Asks members' devices, each as soon as it is its turn; `done` is called once for each, within 10 seconds. The latest is
	 * next: a press does not wait behind a task for all. What one device is asked for is done in the order in which it was
	 * asked; what says how it is to be takes the place of all that it was asked to do before. `age`: milliseconds for which
	 * it may have been asked already.
	 */
	ask(
		members: readonly Member[],
		action: Action,
		done: (member: Member, result: TaskResult) => void,
		age = 0
	): void {
		this.#number = (this.#number + 1) % asksEnd;
		new GroupAsk({ sides: this.#sides, members, action, age, number: this.#number, done }).begin();
	}

	/**
	 * Reads a device's state in the background, and with it gets what makes the next task for it fresh: a button's press
	 * is told here when it begins, so that it costs one datagram each way when it ends.
	 */
	look(member: Member): void {
		this.#looks.at(member.idText, () => undefined);
	}

	/** Whether somebody waits here for a device to answer, or has a button down for one. */
	get isAwaited(): boolean {
		return this.#looks.isUnderWay || !this.#sides.order.isEmpty;
	}

	private perform(from: Member, payload: Uint8Array, answer: Answer, freshness: Freshness | undefined): void {
		const { action, hint, stamp } = this.#options.notation.taskRequest.read(payload);
		if (action === "toggle") {
			// Sent twice it would do the contrary: its asker looks first, and says what it wants.
			answer.refuse(Code.BadRequest, "say on or off");
			return;
		}
		const id = from.idText;
		let taken: Taken | undefined;
		if (action !== "read" && freshness !== undefined) {
			if (stamp === undefined) throw new MessageError("it does not say when it was asked");
			const verdict = this.#taken.arrived({ from: id, action, stamp, freshness });
			if (verdict.is !== "taken") {
				this.answer(verdict, answer);
				return;
			}
			taken = verdict.taken;
		}
		let isJudged = false;
		const cancel = this.#options.judge.before(action, from, () => {
			isJudged = true;
			if (taken !== undefined) taken.giveWay = undefined;
			// The device's own clock, after every wait, in the turn in which it acts.
			const may = taken === undefined ? "yes" : this.#taken.mayAct(id, taken);
			if (may === "replaced") answer.refuse(Code.Conflict, newer);
			else if (may === "too late") answer.challenge();
			else this.act(from, action, hint, answer, taken);
		});
		if (isJudged || taken === undefined) return;
		taken.giveWay = () => {
			cancel();
			answer.refuse(Code.Conflict, newer);
		};
	}

	private answer(verdict: Exclude<Verdict, { readonly is: "taken" }>, answer: Answer): void {
		if (verdict.is === "done") answer.reply(this.#options.notation.taskReply.write(verdict.state), true);
		else if (verdict.is === "not fresh") answer.challenge();
		else answer.refuse(Code.Conflict, newer);
	}

	private act(
		from: Member,
		action: Action,
		hint: Uint8Array,
		answer: Answer,
		taken: Taken | undefined
	): void {
		const { device, chain, judge, notation, onPerformed, onDifference } = this.#options;
		const refusal = judge.refusal(action, from);
		if (refusal !== undefined) {
			answer.refuse(Code.Forbidden, refusal);
			return;
		}
		let state: State;
		if (taken !== undefined) taken.isBegun = true;
		try {
			state = device.perform(action);
		} catch (error) {
			if (!(error instanceof ActionError)) throw error;
			answer.refuse(Code.BadRequest, error.message);
			return;
		}
		if (taken !== undefined) taken.result = state;
		// Kept before it is told: what a person was told must outlive a power cut.
		onPerformed(action, state, from);
		answer.reply(notation.taskReply.write(state), true);
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
function chainHint(chain: Pick<Chain, "digest">): Uint8Array {
	return chain.digest.subarray(0, 4);
}
