/** What tests say about values. The same on XS and on Node, so without node:assert. */

export class AssertionError extends Error {
	override readonly name = "AssertionError";
}

function show(value: unknown): string {
	if (value instanceof Uint8Array) return `h'${hex(value)}'`;
	if (value instanceof ArrayBuffer) return `h'${hex(new Uint8Array(value))}'`;
	if (typeof value === "bigint") return `${value}n`;
	if (value instanceof Error) return String(value);
	if (value instanceof Map) return `Map(${show([...value])})`;
	if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
	if (value !== null && typeof value === "object") {
		const fields = Object.entries(value).map(([key, item]) => `${key}: ${show(item)}`);
		return `{ ${fields.join(", ")} }`;
	}
	return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function same(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true;
	if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
		return same(new Uint8Array(a), new Uint8Array(b));
	}
	if (a instanceof Uint8Array || b instanceof Uint8Array) {
		if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false;
		return a.length === b.length && a.every((byte, index) => byte === b[index]);
	}
	if (a instanceof Map && b instanceof Map) return same([...a], [...b]);
	if (Array.isArray(a) && Array.isArray(b)) {
		return a.length === b.length && a.every((item, index) => same(item, b[index]));
	}
	if (a !== null && b !== null && typeof a === "object" && typeof b === "object") {
		if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
		const left = Object.entries(a);
		const right = new Map<string, unknown>(Object.entries(b));
		return (
			left.length === right.size && left.every(([key, item]) => right.has(key) && same(item, right.get(key)))
		);
	}
	return false;
}

/** Deep equality; bytes are compared by content. */
export function equal(actual: unknown, expected: unknown, what = "value"): void {
	if (!same(actual, expected)) {
		throw new AssertionError(`${what}: got ${show(actual)}, expected ${show(expected)}`);
	}
}

export function ok(condition: unknown, what = "condition"): asserts condition {
	if (!condition) throw new AssertionError(`${what}: not so`);
}

/** `action` throws an error of class `kind` whose message contains `text`. The error is returned. */
export function throws<E extends Error>(
	action: () => unknown,
	kind: abstract new (...args: never[]) => E,
	text = ""
): E {
	let result: unknown;
	try {
		result = action();
	} catch (error) {
		if (error instanceof kind && error.message.includes(text)) return error;
		throw new AssertionError(`threw ${show(error)}, expected ${kind.name} "${text}"`);
	}
	throw new AssertionError(`returned ${show(result)}, expected ${kind.name} "${text}"`);
}

/** Bytes from hexadecimal text; spaces and line ends are ignored. */
export function bytes(text: string): Uint8Array {
	const digits = text.replace(/\s+/g, "");
	if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new AssertionError(`not hexadecimal: ${text}`);
	return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
		Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
	);
}

export function hex(value: Uint8Array): string {
	return Array.from(value, byte => byte.toString(16).padStart(2, "0")).join("");
}
