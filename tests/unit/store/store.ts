import { BlockFile, reserve, Store, StoreError, valueLimit } from "../../../modules/store/store.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { type Suite, suite } from "../../harness/suite.js";

const domain = "test";

function opened() {
	const preference = new MemoryPreference();
	return { preference, store: new Store({ preference, domain }) };
}

/** A store on a flash that takes 40,000 bytes of records, filled until it takes no more. */
function filled() {
	const preference = new MemoryPreference();
	preference.capacity = 40_000;
	const store = new Store({ preference, domain, free: () => preference.free });
	let count = 0;
	const fill = () => {
		for (; count < 99; count += 1) store.set(`x${count}`, new Uint8Array(valueLimit).fill(count));
	};
	throws(fill, StoreError, "cannot be kept: no space left but for a checkpoint");
	ok(preference.free >= reserve && preference.free < reserve + 2048, `${preference.free} bytes are left`);
	return { preference, store };
}

const values = suite("store", {
	"gives back what was kept": () => {
		const { store } = opened();
		store.set("a", bytes("010203"));
		store.set("empty", new Uint8Array(0));
		equal(store.get("a"), bytes("010203"));
		equal(store.get("empty"), new Uint8Array(0));
		equal(store.get("b"), undefined);
	},
	"keeps exactly the bytes of a view": () => {
		const { store } = opened();
		store.set("a", bytes("00010203").subarray(1, 3));
		equal(store.get("a"), bytes("0102"));
	},
	"keeps values of 1020 bytes and refuses longer ones": () => {
		const { store } = opened();
		store.set("a", new Uint8Array(valueLimit).fill(7));
		equal(store.get("a")?.length, 1020);
		throws(() => store.set("a", new Uint8Array(valueLimit + 1)), StoreError, "at most 1020");
		equal(store.get("a")?.length, 1020);
	},
	"notices every damaged byte": () => {
		const { preference, store } = opened();
		store.set("a", bytes("0102030405"));
		for (let index = 0; index < 9; index += 1) {
			preference.damage(domain, "a", index);
			throws(() => store.get("a"), StoreError, '"a" is damaged');
			preference.damage(domain, "a", index);
		}
		equal(store.get("a"), bytes("0102030405"));
	},
	"notices every truncation": () => {
		const { preference, store } = opened();
		store.set("a", bytes("0102030405"));
		for (let length = 8; length >= 0; length -= 1) {
			preference.truncate(domain, "a", length);
			throws(() => store.get("a"), StoreError, '"a" is damaged');
		}
	},
	"notices a value that stands under another name": () => {
		const { preference, store } = opened();
		store.set("a", bytes("01"));
		const value = preference.get(domain, "a");
		if (value !== undefined) preference.set(domain, "b", value);
		throws(() => store.get("b"), StoreError, '"b" is damaged');
	},
	"does not wear the flash by writing what is there": () => {
		const { preference, store } = opened();
		store.set("a", bytes("01"));
		store.set("a", bytes("01"));
		equal(preference.writes, 1);
		store.set("a", bytes("02"));
		equal(preference.writes, 2);
	},
	"writes over what is damaged": () => {
		const { preference, store } = opened();
		store.set("a", bytes("01"));
		preference.damage(domain, "a", 4);
		store.set("a", bytes("01"));
		equal(store.get("a"), bytes("01"));
	},
	"says when the flash refuses": () => {
		const { preference, store } = opened();
		store.set("a", bytes("01"));
		preference.failFrom = preference.writes;
		throws(() => store.set("a", bytes("02")), StoreError, '"a" cannot be kept: no space left');
		throws(() => store.delete("a"), StoreError, '"a" cannot be deleted');
		equal(store.get("a"), bytes("01"));
	},
	"wipes the last name last": () => {
		const { preference, store } = opened();
		for (const name of ["id", "a", "b"]) store.set(name, bytes("01"));
		preference.failFrom = preference.writes + 3;
		throws(() => store.wipe("id"), StoreError);
		equal(store.names(), ["id", "wipe"]);
		preference.failFrom = Number.POSITIVE_INFINITY;
		store.wipe("id");
		equal(store.names(), []);
	},
	"finishes a wipe that was cut short, at whatever write": () => {
		for (let cut = 0; cut < 5; cut += 1) {
			const { preference, store } = opened();
			for (const name of ["id", "a"]) store.set(name, bytes("01"));
			preference.cutAt(preference.writes + cut, "lost", () => undefined);
			if (cut < 4) throws(() => store.wipe("id"), StoreError);
			else store.wipe("id");
			preference.powerUp();
			const again = new Store({ preference, domain });
			again.finishWipe("id");
			equal(again.names(), cut === 0 ? ["id", "a"] : [], `cut ${cut}`);
		}
	},
	"does not take itself for wiped": () => {
		const { store } = opened();
		store.set("id", bytes("01"));
		store.finishWipe("id");
		equal(store.names(), ["id"]);
	},
	"a full flash can be wiped": () => {
		const { preference, store } = opened();
		for (const name of ["id", "a"]) store.set(name, bytes("01"));
		preference.capacity = 1;
		store.wipe("id");
		equal(store.names(), []);
	},
	"keeps room for a checkpoint with the largest table, whatever else is asked of it": () => {
		const { preference, store } = filled();
		const file = new BlockFile(store);
		const block = new Uint8Array(valueLimit).fill(7);
		throws(
			() => file.write(0, block),
			StoreError,
			'"b0" cannot be kept: no space left but for a checkpoint; a checkpoint makes room'
		);
		equal(store.fault, "no space left but for a checkpoint");
		const table = new Uint8Array(9216).map((_, index) => index);
		file.withReserve(() => {
			file.writeTable(1, table);
			file.write(0, block);
		});
		equal(file.readTable(1), table);
		equal(file.read(0), block);
		throws(() => store.set("a", bytes("01")), StoreError, "but for a checkpoint");
		throws(() => file.withReserve(() => throwAnything()), RangeError);
		throws(() => store.set("a", bytes("01")), StoreError, "but for a checkpoint");
		return `${preference.free} bytes were left then`;
	},
	"still changes what it has when only the reserve is left, and heals what is damaged": () => {
		const { preference, store } = filled();
		store.set("x0", new Uint8Array(valueLimit).fill(9));
		store.set("x0", bytes("01"));
		equal(store.get("x0"), bytes("01"));
		preference.damage(domain, "x1", 4);
		store.set("x1", new Uint8Array(valueLimit).fill(1));
		equal(store.get("x1")?.length, valueLimit);
		store.delete("x2");
		store.set("a", bytes("01"));
	},
	"counts what wears the flash, and says why it refuses": () => {
		const { preference, store } = opened();
		store.set("a", bytes("01"));
		store.set("a", bytes("01"));
		store.delete("a");
		equal([store.writes, store.fault], [2, undefined]);
		preference.capacity = 30;
		throws(() => store.set("b", new Uint8Array(30)), StoreError, "no space left");
		equal([store.writes, store.fault], [2, "no space left"]);
		store.set("b", bytes("01"));
		equal([store.writes, store.fault], [3, undefined]);
	}
});

function throwAnything(): void {
	throw new RangeError("anything");
}

const blocks = suite("block file", {
	"numbers its slots and leaves other values alone": () => {
		const { store } = opened();
		const file = new BlockFile(store);
		store.set("blue", bytes("01"));
		store.set("b01", bytes("01"));
		for (const slot of [10, 0, 2]) file.write(slot, bytes("aa"));
		equal(file.slots(), [0, 2, 10]);
		equal(file.read(10), bytes("aa"));
		throws(() => file.read(1), StoreError, '"b1" is missing');
		file.clear();
		equal(file.slots(), []);
		equal(store.names(), ["blue", "b01"]);
	},
	"keeps three tables, whole or part by part, and forgets one however much of it is there": () => {
		const { preference, store } = opened();
		const file = new BlockFile(store);
		const tables = [9216, 2 * valueLimit, 7].map((length, place) => new Uint8Array(length).fill(place + 1));
		for (const which of [0, 1] as const) file.writeTable(which, tables[which] ?? bytes("00"));
		const { partLength } = file;
		for (let part = 0; part < 3; part += 1)
			file.writePart(2, part, new Uint8Array(part < 2 ? partLength : 9).fill(4));
		equal(file.readTable(0), tables[0]);
		equal(file.readTable(1), tables[1]);
		equal(file.readTable(2), new Uint8Array(2 * partLength + 9).fill(4));
		file.writeTable(2, tables[2] ?? bytes("00"));
		equal(file.readTable(2), tables[2]);
		preference.damage(domain, "ta3", 4);
		preference.failFrom = preference.writes + 4;
		throws(() => file.deleteTable(0), StoreError, "cannot be deleted");
		preference.failFrom = Number.POSITIVE_INFINITY;
		for (const which of [0, 2] as const) {
			file.deleteTable(which);
			equal(file.readTable(which), undefined);
		}
		equal(store.names().sort(), ["tb0", "tb1", "tb2"]);
		file.clear();
		equal(store.names(), []);
	},
	"says what makes room when the flash is full": () => {
		const { preference, store } = opened();
		preference.capacity = 30;
		throws(
			() => new BlockFile(store).write(0, new Uint8Array(30)),
			StoreError,
			'"b0" cannot be kept: no space left; a checkpoint makes room'
		);
	}
});

export default [values, blocks] as Suite[];
