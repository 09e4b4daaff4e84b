import { Records } from "../../../modules/bytes/bytes.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

function filled(count: number): Records {
	const records = new Records(4);
	for (let number = 0; number < count; number += 1) records.add(Uint8Array.of(number, 1, 2, number));
	return records;
}

export default suite("records", {
	"are found by their key and keep their order": () => {
		const records = filled(20);
		equal(records.count, 20);
		for (let number = 0; number < 20; number += 1) {
			equal(records.find(Uint8Array.of(number, 1)), number);
			equal(records.find(Uint8Array.of(number)), number);
			equal(hex(records.at(number)), hex(Uint8Array.of(number, 1, 2, number)));
		}
		equal(records.find(bytes("0502")), -1);
		equal(records.find(bytes("14")), -1);
	},
	"one that is taken out leaves the others, and nothing of itself": () => {
		const records = filled(9);
		records.remove(0);
		records.remove(7);
		records.remove(3);
		equal(
			Array.from({ length: records.count }, (_, number) => records.at(number)[0]),
			[1, 2, 3, 5, 6, 7]
		);
		for (const gone of [0, 4, 8]) equal(records.find(Uint8Array.of(gone, 1)), -1);
		records.add(bytes("09010209"));
		equal(records.find(bytes("0901")), 6);
	},
	"none without a record, none of another length": () => {
		const records = filled(2);
		for (const number of [-1, 2, Number.NaN]) throws(() => records.at(number), RangeError);
		throws(() => records.remove(2), RangeError);
		throws(() => records.add(bytes("00")), RangeError);
		equal(new Records(4).find(bytes("00")), -1);
	}
});
