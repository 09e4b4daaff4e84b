import * as bulk from "bulk";
import { equal, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

const sign = Math.sign;
const abc = Uint8Array.of(97, 98, 99);

/** What the host does with many bytes at once, as hosts/types/bulk.d.ts says it. */
export default suite("bytes: what the host does with many", {
	"ranges are compared as numbers from 0 to 255, none is longer than its array": () => {
		const low = Uint8Array.of(9, 1, 127, 9);
		const high = Uint8Array.of(1, 128);
		equal(sign(bulk.compare(low, 1, high, 0, 2)), -1);
		equal(sign(bulk.compare(high, 0, low, 1, 2)), 1);
		equal(bulk.compare(low, 1, high, 0, 1), 0);
		equal(bulk.compare(low, 4, high, 2, 0), 0);
		for (const [at, otherAt, length] of [
			[3, 0, 2],
			[0, 1, 2],
			[5, 0, 0],
			[0, 0, 2 ** 31 - 1],
			[2 ** 31 - 1, 0, 1],
			[-1, 0, 1],
			[0, -1, 1],
			[0, 0, -1]
		]) {
			throws(() => bulk.compare(low, at, high, otherAt, length), RangeError);
		}
	},
	"a part is found at its steps only, and whole": () => {
		const bytes = Uint8Array.of(7, 1, 2, 1, 2, 3, 1, 2, 3);
		const part = Uint8Array.of(0, 1, 2, 3);
		equal(bulk.find(bytes, 1, 5, 9, part, 1, 3), 6);
		equal(bulk.find(bytes, 0, 1, 9, part, 1, 2), 1);
		equal(bulk.find(bytes, 2, 1, 9, part, 1, 3), 3);
		equal(bulk.find(bytes, 0, 1, 5, part, 1, 3), -1);
		equal(bulk.find(bytes, 7, 1, 99, part, 1, 3), -1);
		equal(bulk.find(bytes, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, part, 1, 3), -1);
		equal(bulk.findByte(bytes, 2, 2, 9, 3), 8);
		equal(bulk.findByte(bytes, 0, 1, 9, 4), -1);
		equal(bulk.findByte(new Uint8Array(0), 0, 1, 0, 0), -1);
		throws(() => bulk.find(bytes, 0, 0, 9, part, 1, 3), RangeError);
		throws(() => bulk.find(bytes, 0, 1, 9, part, 1, 0), RangeError);
		throws(() => bulk.find(bytes, 0, 1, 9, part, 2, 3), RangeError);
		throws(() => bulk.findByte(bytes, 0, 0, 9, 1), RangeError);
	},
	"bytes are copied within an array and out of another, and never beyond": () => {
		const bytes = Uint8Array.of(1, 2, 3, 4, 5);
		bulk.copy(bytes, 1, bytes, 0, 4);
		equal([...bytes], [1, 1, 2, 3, 4]);
		bulk.copy(bytes, 3, abc, 1, 2);
		equal([...bytes], [1, 1, 2, 98, 99]);
		bulk.copy(bytes, 5, abc, 3, 0);
		throws(() => bulk.copy(bytes, 4, abc, 0, 2), RangeError);
		throws(() => bulk.copy(bytes, 0, abc, 2, 2), RangeError);
		equal([...bytes], [1, 1, 2, 98, 99]);
	},
	"views read and write where they are": () => {
		const whole = Uint8Array.of(0, 1, 2, 3, 4, 5);
		const view = whole.subarray(2, 5);
		equal(bulk.findByte(view, 0, 1, 3, 4), 2);
		equal(bulk.findByte(view, 0, 1, 3, 5), -1);
		throws(() => bulk.copy(view, 2, abc, 0, 2), RangeError);
		bulk.copy(view, 0, abc, 0, 3);
		equal([...whole], [0, 1, 97, 98, 99, 5]);
	},
	"what is no number is refused, before any of it is asked for one": () => {
		let asked = 0;
		const number: number = Object.assign(0, {});
		const sly: { valueOf(): number } = {
			valueOf: () => {
				asked += 1;
				return 0;
			}
		};
		for (const at of [sly, number, "0", null, undefined, Number.NaN]) {
			throws(() => Reflect.apply(bulk.compare, undefined, [abc, at, abc, 0, 1]), Error);
		}
		equal(asked, 0);
	},
	"hexadecimal and ASCII come back as they went": () => {
		equal(bulk.toHex(Uint8Array.of(0, 171, 255)), "00abff");
		equal(bulk.toHex(new Uint8Array(0)), "");
		equal(new Uint8Array(bulk.fromHex("00aBFf") ?? abc), Uint8Array.of(0, 171, 255));
		for (const text of ["0", "0g", "é0", " 0", "0\0"]) equal(bulk.fromHex(text), undefined);
		equal(bulk.toText(abc), "abc");
		equal(bulk.toText(new Uint8Array(0)), "");
		equal(bulk.toText(Uint8Array.of(97, 0)), undefined);
		equal(bulk.toText(Uint8Array.of(0xc3, 0xa9, 0xe7, 0x94, 0xb5, 0xf0, 0x9f, 0x94, 0x92)), "é电🔒");
		for (const bytes of [
			[128],
			[0xc3],
			[0xc1, 0xbf],
			[0xed, 0xa0, 0x80],
			[0xe0, 0x9f, 0xbf],
			[0xf0, 0x8f, 0xbf, 0xbf]
		])
			equal(bulk.toText(Uint8Array.from(bytes)), undefined);
		equal(bulk.toText(Uint8Array.of(0xf4, 0x90, 0x80, 0x80)), undefined);
		equal(new Uint8Array(bulk.fromAscii("abc") ?? []), abc);
		equal(new Uint8Array(bulk.fromAscii("") ?? abc).length, 0);
		for (const text of ["é", "a\0", "\ud800"]) equal(bulk.fromAscii(text), undefined);
		const long = "a".repeat(70_000);
		equal(bulk.toText(new Uint8Array(bulk.fromAscii(long) ?? [])) === long, true);
	}
});
