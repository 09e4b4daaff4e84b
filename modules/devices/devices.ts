import { cannotText } from "./action-text.js";
import type { Input } from "./input.js";

export { cannotText, doneText } from "./action-text.js";
export { Input, type InputOptions, longestPause, settling } from "./input.js";

/** The types of devices, by the numbers that stand on the chain. */
export const deviceTypes = Object.freeze(["light", "lock", "switch", "sensor"] as const);

export type DeviceType = (typeof deviceTypes)[number];

/** The name of a type's number, also of one that this software does not know. */
export function typeName(type: number): string {
	return deviceTypes[type] ?? `type-${type}`;
}

/** The number of a type's name, or undefined. */
export function typeNumber(name: string): number | undefined {
	const numbers = deviceTypes.flatMap((type, number) => (type === name ? number : []));
	return numbers[0];
}

/** Whether a device of a type takes part in what is asked of a group only once an owner has seen it: a false lock would be told to unlock. */
export function isGuardedType(type: number): boolean {
	return deviceTypes[type] === "lock";
}

/** Whether a device of a type is read off a line, and never drives one. */
export function isInputType(type: DeviceType): boolean {
	return type === "switch" || type === "sensor";
}

/** What devices can be asked to do, by the one-byte numbers that stand in grants and sealed tasks. */
export const actions = Object.freeze(["read", "on", "off", "toggle", "lock", "unlock"] as const);

export type Action = (typeof actions)[number];

/** Whether a text names an action of some device. */
export function isAction(text: string): text is Action {
	return actions.some(action => action === text);
}

/** What devices can be, by one-byte numbers. */
export const states = Object.freeze(["off", "on", "unlocked", "locked"] as const);

export type State = (typeof states)[number];

/** An electric line of the board, high (1) or low (0); as ECMA-419's Digital. */
export interface Line {
	read(): number;
	write(value: 0 | 1): void;
}

/** The device has no such action. */
export class ActionError extends Error {
	override readonly name = "ActionError";
}

const actionsByType: Readonly<Record<DeviceType, readonly Action[]>> = Object.freeze({
	light: Object.freeze<Action[]>(["on", "off", "toggle", "read"]),
	lock: Object.freeze<Action[]>(["lock", "unlock", "read"]),
	switch: Object.freeze<Action[]>(["read"]),
	sensor: Object.freeze<Action[]>(["read"])
});

/** The actions that a type's number knows; none for a type not known here. */
export function actionsOf(type: number): readonly Action[] {
	const name = deviceTypes[type];
	return name === undefined ? [] : actionsByType[name];
}

/**
 * What this node is besides a node: a light or a lock on an output line, a switch or a sensor on an input line.
 * The line follows the state: a light's is high when on, a lock's is high when unlocked. Without a line the
 * state is kept all the same.
 */
export class Device {
	readonly type: DeviceType;
	readonly #line: Line | undefined;
	readonly #input: Input | undefined;
	#state: State;

	/**
	 * A lock powers up locked whatever it was; a light as it was (`last`, off at first). `line`: the output of a
	 * light or lock. `input`: of a switch or sensor.
	 */
	constructor(options: {
		type: DeviceType;
		line?: Line | undefined;
		input?: Input | undefined;
		last?: State | undefined;
	}) {
		this.type = options.type;
		this.#line = options.line;
		this.#input = options.input;
		if (this.type === "lock") this.#state = "locked";
		else this.#state = options.last === "on" && this.type === "light" ? "on" : "off";
		this.drive();
	}

	/** A switch's and a sensor's is read off its line. */
	get state(): State {
		if (isInputType(this.type)) return this.#input?.level === 1 ? "on" : "off";
		return this.#state;
	}

	/** The actions that this type knows. */
	get actions(): readonly Action[] {
		return actionsByType[this.type];
	}

	/** Does it and returns the state after it. Throws an ActionError for an action of another type. */
	perform(action: Action): State {
		if (!this.actions.includes(action)) {
			throw new ActionError(cannotText(this.type, action, this.actions));
		}
		switch (action) {
			case "on":
			case "off":
				this.#state = action;
				break;
			case "toggle":
				this.#state = this.#state === "on" ? "off" : "on";
				break;
			case "lock":
				this.#state = "locked";
				break;
			case "unlock":
				this.#state = "unlocked";
				break;
			case "read":
				return this.state;
		}
		this.drive();
		return this.#state;
	}

	private drive(): void {
		this.#line?.write(this.#state === "on" || this.#state === "unlocked" ? 1 : 0);
	}
}
