import {
	CborError,
	type CborValue,
	Items,
	isArray,
	isBytes,
	isInteger,
	isMap,
	isText
} from "../../../modules/cbor/cbor.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

const samples = (): CborValue[] => [1, "a", bytes("01"), [], new Map(), true, null, undefined];

export default [
	suite("cbor: items of an array", {
		"are read in order, each as its type"() {
			const map = new Map([[1, 2]]);
			const items = new Items({
				value: [7, bytes("0102"), "a", true, [1], map, null, 5],
				what: "x",
				count: 8
			});
			equal(items.integer(), 7);
			equal(items.bytes(2), bytes("0102"));
			equal(items.text(), "a");
			equal(items.boolean(), true);
			equal(items.array(), [1]);
			equal(items.map(), map);
			equal(items.remaining, 2);
			ok(items.skipNull());
			ok(!items.skipNull());
			equal(items.value(), 5);
			ok(!items.skipNull());
			items.end();
		},
		"of another type are refused by name and number"() {
			const readers: [number, (items: Items) => unknown][] = [
				[0, items => items.integer()],
				[1, items => items.text()],
				[2, items => items.bytes()],
				[3, items => items.array()],
				[4, items => items.map()],
				[5, items => items.boolean()]
			];
			for (const [right, read] of readers) {
				samples().forEach((value, index) => {
					const items = new Items({ value: [value], what: "the thing" });
					if (index === right) read(items);
					else throws(() => read(items), CborError, "item 0 of the thing is not");
				});
			}
		},
		"of another size or value are refused"() {
			const items = () => new Items({ value: [bytes("0102"), 5], what: "x" });
			throws(() => items().bytes(3), CborError, "item 0 of x is not a byte string of 3 bytes");
			const second = items();
			second.value();
			throws(() => second.integer(6, 9), CborError, "item 1 of x is not an integer from 6 to 9");
		},
		"too few or too many are refused"() {
			throws(() => new Items({ value: [1], what: "x", count: 2 }), CborError, "x has 1 items instead of 2");
			throws(() => new Items({ value: new Map(), what: "x" }), CborError, "x is not an array");
			throws(() => new Items({ value: [], what: "x" }).value(), CborError, "x ends before item 0");
			throws(() => new Items({ value: [1], what: "x" }).end(), CborError, "x has more than 0 items");
		}
	}),
	suite("cbor: type guards", {
		"tell the types apart"() {
			const guards = [isInteger, isText, isBytes, isArray, isMap];
			guards.forEach((guard, right) => {
				samples().forEach((value, index) => {
					equal(guard(value), index === right, `guard ${right} of sample ${index}`);
				});
			});
		},
		"look at lengths and ranges"() {
			ok(isBytes(bytes("0102"), 2) && !isBytes(bytes("0102"), 3));
			ok(isInteger(3, 3, 3) && !isInteger(3, 4) && !isInteger(3, 0, 2) && !isInteger(0.5));
		}
	})
];
