/**
 * Our CBOR against the npm package cborg, which shares no code with it. What one writes, the other writes and reads; and
 * of all bytes, we take exactly those that cborg reads, and that are the one deterministic encoding (RFC 8949 section
 * 4.2.1) of a value of our subset. cborg is lax where its options leave it so: `canonical` writes anew what it read, with
 * cborg for all but the order of a map's keys, and what then comes out otherwise was not deterministic. `FUZZ_SEED`
 * repeats a run, `FUZZ_RUNS` makes it longer.
 */
import assert from "node:assert/strict";
import test from "node:test";
import * as cborg from "cborg";
import fc from "fast-check";
import { BytesError } from "../../build/js/modules/bytes/bytes.js";
import {
	CborError,
	decode,
	decodeFirst,
	decodeSequence,
	encode,
	encodeSequence
} from "../../build/js/modules/cbor/cbor.js";
import { anyBytes, damaged, holds, outcome } from "./bytes.mjs";

const options = { strict: true, allowIndefinite: false, useMaps: true };

/** A head: cborg's of an unsigned integer, for another major type. */
function head(major, argument) {
	const bytes = cborg.encode(argument);
	bytes[0] |= major << 5;
	return bytes;
}

/** The deterministic encoding of what cborg read. */
function canonical(value) {
	if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(canonical)]);
	if (!(value instanceof Map)) return Buffer.from(cborg.encode(value));
	const pairs = [...value].map(([key, item]) => [canonical(key), canonical(item)]);
	pairs.sort(([a], [b]) => Buffer.compare(a, b));
	return Buffer.concat([head(5, value.size), ...pairs.flat()]);
}

/** What a value that cborg read holds, itself included, with the depth at which it stands. */
function* parts(value, depth = 0) {
	yield { value, depth };
	if (Array.isArray(value)) for (const item of value) yield* parts(item, depth + 1);
	if (!(value instanceof Map)) return;
	for (const [key, item] of value) {
		yield* parts(key, depth + 1);
		yield* parts(item, depth + 1);
	}
}

function isContainer(value) {
	return Array.isArray(value) || value instanceof Map;
}

/** Why we refuse bytes that cborg reads as `value`. */
const refusals = {
	"RFC 8949 4.2.1: not the deterministic encoding of it": (value, bytes) => !canonical(value).equals(bytes),
	"RFC 8949 5.6: a key twice": value =>
		[...parts(value)].some(
			({ value: map }) =>
				map instanceof Map &&
				new Set([...map.keys()].map(key => canonical(key).toString("hex"))).size < map.size
		),
	"ours: no floating-point numbers": value =>
		[...parts(value)].some(part => typeof part.value === "number" && !Number.isInteger(part.value)),
	"ours: no integers beyond 2^53": value => [...parts(value)].some(part => isBeyond(part.value)),
	"ours: nesting to 16": value => [...parts(value)].some(part => isContainer(part.value) && part.depth >= 16),
	"ours: 256 values": value => [...parts(value)].length > 256,
	"ours: 64 arrays, maps and byte strings": value => objects(value) > 64
};

function objects(value) {
	return [...parts(value)].filter(part => isContainer(part.value) || part.value instanceof Uint8Array).length;
}

function isBeyond(value) {
	return typeof value === "bigint" || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

const seen = new Map();

/**
 * A byte order mark. cborg drops it at the beginning of a text; RFC 8949 section 3.1 knows no such exception, and we keep
 * it, or two encodings would be one value.
 */
const mark = Buffer.from("\ufeff");

/** Compares what both make of bytes; the name of the rule by which we refuse them alone. */
function compare(bytes) {
	if (Buffer.from(bytes).includes(mark)) return;
	const theirs = outcome(() => cborg.decode(bytes, options));
	const ours = outcome(() => decode(bytes));
	if (ours.error !== undefined) assert.ok(ours.error instanceof CborError, ours.error);
	if (theirs.error !== undefined) {
		assert.ok(ours.error !== undefined, `taken by us alone: ${theirs.error}`);
		return;
	}
	const rule = Object.keys(refusals).find(name => refusals[name](theirs.value, bytes));
	seen.set(rule, (seen.get(rule) ?? 0) + 1);
	if (rule !== undefined) {
		assert.ok(ours.error !== undefined, `to be refused: ${rule}`);
		return;
	}
	if (ours.error !== undefined) throw ours.error;
	assert.deepStrictEqual(ours.value, theirs.value);
	assert.deepEqual([...encode(ours.value)], [...bytes]);
}

/** Values that both know: keys of a map are told apart by their encoding. */
const integer = fc.oneof(
	fc.maxSafeInteger(),
	fc.integer({ min: -300, max: 300 }),
	fc
		.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER)
		.chain(edge => fc.constantFrom(edge, -edge))
);
const text = fc.oneof(
	{
		weight: 9,
		arbitrary: fc.string({ unit: "binary", maxLength: 30 }).filter(it => !it.startsWith("\ufeff"))
	},
	{ weight: 1, arbitrary: fc.constantFrom("\0", "\u{10ffff}", "__proto__") }
);
const bytesValue = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constant(new Uint8Array(300)));
const { tree } = fc.letrec(tie => ({
	scalar: fc.oneof(integer, text, bytesValue, fc.boolean(), fc.constant(null), fc.constant(undefined)),
	map: fc
		.array(fc.tuple(tie("tree"), tie("tree")), { maxLength: 6 })
		.map(pairs => new Map(new Map(pairs.map(pair => [canonical(pair[0]).toString("hex"), pair])).values())),
	tree: fc.oneof(
		{ maxDepth: 5, depthSize: "medium" },
		tie("scalar"),
		fc.array(tie("tree"), { maxLength: 6 }),
		tie("map")
	)
}));
/** How many values are written as one at most, and how many of them that take room. */
const most = 256;
const mostObjects = 64;
const count = it => [...parts(it)].length;
const value = tree.filter(it => count(it) <= most && objects(it) <= mostObjects);

test("what we write, cborg writes and reads", context => {
	const agree = fc.property(value, it => {
		const bytes = encode(it);
		assert.deepEqual([...bytes], [...canonical(it)]);
		compare(bytes);
	});
	holds(context, agree);
});

test("a sequence is read as cborg reads one value after the other", context => {
	const several = fc
		.array(value, { maxLength: 4 })
		.filter(all => count(all) <= most + 1 && objects(all) <= mostObjects + 1);
	const agree = fc.property(several, values => {
		const bytes = encodeSequence(values);
		const read = decodeSequence(bytes);
		let rest = bytes;
		let at = 0;
		for (const each of read) {
			const [theirs, left] = cborg.decodeFirst(rest, options);
			const { value: ours, end } = decodeFirst(bytes, at);
			assert.deepStrictEqual(ours, theirs);
			assert.deepStrictEqual(each, theirs);
			assert.equal(bytes.length - end, left.length);
			rest = left;
			at = end;
		}
		assert.equal(rest.length, 0);
	});
	holds(context, agree);
});

test("a text that begins with a byte order mark keeps it", () => {
	for (const it of ["\ufeff", "\ufeffa", "\ufeff\ufeff"]) {
		assert.deepEqual([...encode(it)], [...cborg.encode(it)]);
		assert.equal(decode(encode(it)), it);
	}
});

test("what has no encoding here is refused, and nothing else is thrown", context => {
	const odd = fc.oneof(
		fc.double().filter(number => !Number.isSafeInteger(number)),
		fc.constantFrom("\ud800", "a\udc00b", 2 ** 53, -(2 ** 53) - 2, 1n, Symbol("none")),
		fc.constant(() => 0)
	);
	const inside = fc.tuple(value, odd, fc.nat(2)).map(([it, bad, way]) => {
		return way === 0 ? bad : way === 1 ? [it, bad] : new Map([[it, bad]]);
	});
	const refused = fc.property(inside, it => {
		const { error } = outcome(() => encode(it));
		assert.ok(error instanceof CborError || error instanceof BytesError, error ?? "it was taken");
	});
	holds(context, refused);
});

/** CBOR of all kinds, in whatever form: heads too long, indefinite lengths, tags, floats, simple values. */
const { item } = fc.letrec(tie => ({
	head: fc
		.tuple(fc.nat(7), fc.nat(31), fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.boolean())
		.map(([major, info, argument, isLong]) => {
			const size = info < 24 ? 0 : 1 << (info & 3);
			const rest = isLong ? [...argument] : [0, 0, 0, 0, 0, 0, 0, argument[7] & 31];
			return [(major << 5) | info, ...rest.slice(8 - size)];
		}),
	number: fc
		.tuple(
			fc.nat(1),
			fc.nat(3),
			fc.oneof(fc.maxSafeInteger().map(Math.abs), fc.nat(300), fc.constant(2 ** 53))
		)
		.map(([major, power, argument]) => {
			const all = Buffer.alloc(8);
			all.writeBigUInt64BE(BigInt(argument));
			return [(major << 5) | (24 + power), ...all.subarray(8 - (1 << power))];
		}),
	float: fc.constantFrom(
		[0xf9, 0x3e, 0],
		[0xf9, 0x3c, 0],
		[0xfa, 0x47, 0xc3, 0x50, 0],
		[0xf9, 0x7e, 0],
		[0xf9, 0x80, 0]
	),
	list: fc.array(tie("item"), { maxLength: 4 }).map(items => [0x80 | items.length, ...items.flat()]),
	map: fc
		.array(tie("item"), { maxLength: 6 })
		.map(items => [0xa0 | (items.length >> 1), ...items.slice(0, items.length & 6).flat()]),
	twice: fc.tuple(tie("item"), tie("item")).map(([key, inner]) => [0xa2, ...key, ...inner, ...key, ...inner]),
	tag: tie("item").map(inner => [0xc1, ...inner]),
	good: value.map(it => [...encode(it)]),
	deep: fc
		.tuple(fc.integer({ min: 14, max: 18 }), tie("item"))
		.map(([depth, inner]) => [...new Array(depth).fill(0x81), ...inner]),
	many: fc.integer({ min: 60, max: 110 }).map(count => [0x98, count, ...new Array(count).fill(0x40)]),
	item: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		tie("good"),
		tie("number"),
		tie("head"),
		tie("float"),
		tie("list"),
		tie("map"),
		tie("twice"),
		tie("tag"),
		tie("deep"),
		tie("many")
	)
}));
/** One for each of `refusals`, in their order. */
const ofEach = [
	"1800",
	"a28000" + "8000",
	"f93e00",
	"1b0020000000000000",
	`${"81".repeat(17)}00`,
	`990100${"00".repeat(256)}`,
	`9850${"40".repeat(80)}`
].map(digits => Uint8Array.from(Buffer.from(digits, "hex")));

const inputs = {
	"one of each": fc.constantFrom(...ofEach),
	"any bytes": anyBytes,
	"encodings of ours, damaged": damaged(value.map(encode)),
	"CBOR in whatever form": item.map(bytes => Uint8Array.from(bytes)),
	"CBOR in whatever form, damaged": damaged(item)
};

test("of all bytes, we take the deterministic encodings of values of our subset, as cborg reads them", async context => {
	for (const [name, input] of Object.entries(inputs)) {
		await context.test(name, inner => holds(inner, fc.property(input, compare)));
	}
	for (const rule of Object.keys(refusals)) assert.ok(seen.has(rule), `no input was refused: ${rule}`);
});
