/** Bytes for fast-check: any, and others that were damaged. */
import fc from "fast-check";

/** The seed of this run: `FUZZ_SEED`, or another one each time. Shown with each test. */
export const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
/** How many cases each property gets. */
export const numRuns = Number(process.env.FUZZ_RUNS ?? 500);

export const anyBytes = fc.uint8Array({ maxLength: 80, size: "max" });

/** What a way of damaging makes of bytes, at a place that both are long enough for. */
const ways = [
	(bytes, at, value) => bytes.splice(at, 1, value),
	(bytes, at, value) => bytes.splice(at, 1, bytes[at] ^ (1 << (value & 7))),
	(bytes, at, value) => bytes.splice(at, 0, value),
	(bytes, at) => bytes.splice(at, 1),
	(bytes, at) => bytes.splice(at),
	(bytes, at, value) => bytes.splice(at, 0, ...bytes.slice(at, at + (value & 15))),
	(bytes, _at, value) => bytes.push(value)
];
const damage = fc.record({ way: fc.nat(ways.length - 1), at: fc.nat(), value: fc.nat(255) });

/** `whole` (an arbitrary of bytes), as it is or damaged at up to four places. */
export function damaged(whole) {
	return fc.tuple(whole, fc.array(damage, { maxLength: 4 })).map(([bytes, damages]) => {
		const left = [...bytes];
		for (const { way, at, value } of damages) {
			if (left.length > 0) ways[way](left, at % left.length, value);
		}
		return Uint8Array.from(left);
	});
}

/** What a function comes to: `{ value }`, or `{ error }` where it throws. */
export function outcome(action) {
	try {
		return { value: action() };
	} catch (error) {
		return { error };
	}
}

/** Tries a property, and says with which seed. */
export function holds(context, property) {
	fc.assert(property, { numRuns, seed, includeErrorInReport: true });
	context.diagnostic(`${numRuns} cases, FUZZ_SEED=${seed}`);
}
