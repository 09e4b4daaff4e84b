/** ECMA-419 Digital with lines in memory: what is written to a pin is read from it, and `setLine` moves it. */
const lines = new Map();
const open = new Set();

/** Moves a line from outside, as a button would; those who watch it are told after this turn. */
export function setLine(pin, value) {
	const before = lines.get(pin) ?? 0;
	lines.set(pin, value);
	if (value === before) return;
	const edge = value === 1 ? Digital.Rising : Digital.Falling;
	for (const digital of open) {
		if (digital.pin === pin && (digital.edge & edge) !== 0) queueMicrotask(() => digital.notify());
	}
}

/** The level of a line, 0 or 1. */
export function getLine(pin) {
	return lines.get(pin) ?? 0;
}

export default class Digital {
	static Input = 0;
	static InputPullUp = 1;
	static InputPullDown = 2;
	static InputPullUpDown = 3;
	static Output = 8;
	static OutputOpenDrain = 9;
	static Rising = 1;
	static Falling = 2;

	format = "number";
	#onReadable;

	constructor({ pin, mode, edge = 0, onReadable, target }) {
		this.pin = pin;
		this.mode = mode;
		this.edge = edge;
		this.target = target;
		this.#onReadable = onReadable;
		if (mode === Digital.InputPullUp && !lines.has(pin)) lines.set(pin, 1);
		open.add(this);
	}

	read() {
		return getLine(this.pin);
	}

	write(value) {
		if (this.mode < Digital.Output) throw new Error(`pin ${this.pin} is an input`);
		setLine(this.pin, value ? 1 : 0);
	}

	close() {
		open.delete(this);
	}

	notify() {
		if (open.has(this)) this.#onReadable?.();
	}
}
