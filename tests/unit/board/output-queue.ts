import { OutputQueue } from "../../../hosts/board/terminal/output-queue.js";
import { encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

/** What goes out when the sink takes `room` bytes and then nothing. */
function drained(queue: OutputQueue, room: number): string {
	let text = "";
	let rest = room;
	const sink = (bytes: Uint8Array) => {
		const part = bytes.subarray(0, rest);
		rest -= part.length;
		text += String.fromCharCode(...part);
		return part.length;
	};
	while (queue.drain(sink));
	return text;
}

export default [
	suite("board: OutputQueue", {
		"sends in order what the sink takes, and the rest later"() {
			const queue = new OutputQueue(100);
			for (const text of ["one ", "two ", "three"]) queue.add(encodeUtf8(text));
			equal(drained(queue, 6), "one tw");
			equal(queue.length, 7);
			equal(drained(queue, 0), "");
			equal(drained(queue, 100), "o three");
			equal(queue.length, 0);
		},
		"drops the oldest when nobody reads, and never holds more than its limit"() {
			const queue = new OutputQueue(10);
			for (const text of ["aaaa", "bbbb", "cccc", "dd"]) {
				queue.add(encodeUtf8(text));
				equal(queue.length <= 10, true);
			}
			equal(drained(queue, 100), "bbbbccccdd");
		},
		"keeps the end of a text that is longer than its limit"() {
			const queue = new OutputQueue(4);
			queue.add(encodeUtf8("ab"));
			queue.add(encodeUtf8("0123456789"));
			equal(drained(queue, 100), "6789");
		},
		"collects what comes in small pieces, and sends at most 256 bytes in one go"() {
			const queue = new OutputQueue(4096);
			const wanted = Array.from({ length: 5000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");
			for (const character of wanted) queue.add(encodeUtf8(character));
			const sizes: number[] = [];
			let text = "";
			const sink = (bytes: Uint8Array) => {
				sizes.push(bytes.length);
				text += String.fromCharCode(...bytes);
				return bytes.length;
			};
			while (queue.drain(sink));
			equal([text, queue.length], [wanted.slice(-4096), 0]);
			equal(sizes.length <= 17 && Math.max(...sizes) <= 256, true, sizes.join(" "));
		},
		"counts what is left of a part that was sent in part"() {
			const queue = new OutputQueue(8);
			queue.add(encodeUtf8("abcdefgh"));
			equal(drained(queue, 5), "abcde");
			queue.add(encodeUtf8("12345"));
			equal(drained(queue, 100), "fgh12345");
		},
		"makes of the beginning of an escape sequence, and of what comes where its end was dropped, no other one"() {
			const queue = new OutputQueue(10);
			queue.add(encodeUtf8("on\u001b[K"));
			equal(drained(queue, 3), "on\u001b");
			queue.add(encodeUtf8("a name: c]2J"));
			equal(drained(queue, 0), "");
			equal(drained(queue, 100), "\u0018name: c]2J");
			queue.add(encodeUtf8("once"));
			equal(drained(queue, 100), "once");
		}
	})
];
