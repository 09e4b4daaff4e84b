import { setImmediate, setTimeout } from "node:timers/promises";
import { Board } from "./board.mjs";
import { BootRom } from "./boot-rom.mjs";
import { delays, WifiNetwork } from "./wifi-network.mjs";

const million = 1_000_000;
/** Seconds from 1970 to the simulated house's beginning. */
const year2027 = 1_800_000_000;
/** Milliseconds of this machine after which others get a turn. */
const patience = 20;

/**
 * Boards on one Wi-Fi under one clock. No frame is faster than `delays.frame`, so each board may run that far ahead
 * of the others without missing anything; where all are idle, the time until the first of them wakes is skipped.
 */
export class House {
	network;
	boards = [];
	/** Nanoseconds since the beginning, up to which every board has run. */
	now = 0;
	/** Whether simulated time must not be ahead of the real one, for what lives in real time. */
	isPaced = false;
	#image;
	#bootRom;
	/** What is to be done in the house, as `{ at, act }`, in the order of their moments. */
	#plans = [];

	/** `image`: what boards run; the rest as for a WifiNetwork. */
	constructor({ image, ...network }) {
		this.#image = image;
		this.#bootRom = new BootRom();
		const time = () => year2027 + Math.floor(this.milliseconds / 1000);
		this.network = new WifiNetwork({ time, ...network });
	}

	/** A board without power. `options`: of Board, besides what the house gives. */
	board(name, options = {}) {
		const number = this.boards.length + 1;
		const board = new Board({
			house: this,
			name,
			image: this.#image,
			bootRom: this.#bootRom,
			mac: Uint8Array.from([2, 0, 0, 0, 1, number]),
			seed: number + 100 * Number(process.env.EMULATOR_SEED ?? 0),
			...options
		});
		this.boards.push(board);
		return board;
	}

	/** Milliseconds since the beginning. */
	get milliseconds() {
		return this.now / million;
	}

	/** Calls `act` in so many nanoseconds, from within `run`: for what is in the house and is no board. */
	after(nanos, act) {
		const plan = { at: this.now + nanos, act };
		const later = this.#plans.findIndex(({ at }) => at > plan.at);
		this.#plans.splice(later < 0 ? this.#plans.length : later, 0, plan);
	}

	/** Runs so many simulated milliseconds, or until `isDone`; whether it was. */
	async run(milliseconds, isDone = () => false) {
		const end = this.now + milliseconds * million;
		const start = { real: performance.now(), simulated: this.now };
		let turn = start.real;
		while (this.now < end) {
			if (isDone()) return true;
			const target = Math.min(end, this.#reach(), this.#plans[0]?.at ?? end);
			for (const board of this.boards) board.run(target);
			this.now = target;
			while (this.#plans[0]?.at <= this.now) this.#plans.shift().act();
			if (performance.now() - turn > patience) {
				await setImmediate();
				turn = performance.now();
			}
			if (this.isPaced) {
				const ahead = (this.now - start.simulated) / million - (performance.now() - start.real);
				if (ahead >= 1) await setTimeout(ahead);
			}
		}
		return isDone();
	}

	/** How far every board can run without hearing of another one. */
	#reach() {
		const step = delays.frame * million;
		let first = Number.POSITIVE_INFINITY;
		for (const board of this.boards) first = Math.min(first, board.wakesAt ?? this.now);
		return this.isPaced ? this.now + step : Math.max(first, this.now) + step;
	}
}
