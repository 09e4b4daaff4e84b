import Preference from "preference";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";

const domain = "host-test";

function filled(length: number, start = 0): ArrayBuffer {
	return Uint8Array.from({ length }, (_, i) => (start + i * 7) & 0xff).buffer;
}

function clear(): void {
	for (const key of Preference.keys(domain)) Preference.delete(domain, key);
}

const keys = () => Preference.keys(domain).sort();

export default [
	suite("host: Preference", {
		"gives back what was set, from 0 to 1024 bytes, as a new ArrayBuffer"() {
			clear();
			for (const length of [0, 1, 63, 64, 1023, 1024]) {
				Preference.set(domain, "value", filled(length));
				const value = Preference.get(domain, "value");
				ok(value instanceof ArrayBuffer);
				equal(value, filled(length));
			}
			equal(keys(), ["value"]);
		},
		"replaces a value by a shorter one whole, and leaves the other keys alone"() {
			clear();
			Preference.set(domain, "a", filled(900));
			Preference.set(domain, "b", filled(10, 1));
			Preference.set(domain, "a", filled(3, 2));
			equal(Preference.get(domain, "a"), filled(3, 2));
			equal(Preference.get(domain, "b"), filled(10, 1));
		},
		"knows nothing of what was never set or was deleted, and deleting that is harmless"() {
			clear();
			equal(Preference.get(domain, "missing"), undefined);
			equal(Preference.get("host-none", "missing"), undefined);
			equal(Preference.keys("host-none"), []);
			Preference.delete("host-none", "missing");
			Preference.set(domain, "short", filled(1));
			Preference.delete(domain, "short");
			Preference.delete(domain, "short");
			equal(Preference.get(domain, "short"), undefined);
			equal(keys(), []);
		},
		"lists its keys, whatever characters they are made of"() {
			clear();
			const names = [
				"0",
				"A",
				"a",
				"a b",
				"a.new",
				"a%2Fb",
				"a/b",
				"..",
				"Ünïcode",
				"fifteen-bytes-x"
			].sort();
			for (const [index, name] of names.entries()) Preference.set(domain, name, filled(index));
			equal(keys(), names);
			for (const [index, name] of names.entries()) equal(Preference.get(domain, name), filled(index), name);
			clear();
			equal(keys(), []);
		},
		"keeps its domains apart"() {
			clear();
			Preference.set("host/other", "key", filled(1));
			Preference.set(domain, "key", filled(2));
			equal(Preference.get("host/other", "key"), filled(1));
			Preference.delete("host/other", "key");
			equal(Preference.get(domain, "key"), filled(2));
		},
		"refuses names of no or more than 15 characters"() {
			for (const name of ["", "sixteen-bytes-xx"]) {
				throws(() => Preference.set(domain, name, filled(1)), RangeError);
				throws(() => Preference.set(name, "key", filled(1)), RangeError);
			}
		},
		"refuses values of more than 1024 bytes, and what is no ArrayBuffer, and keeps the old value"() {
			clear();
			Preference.set(domain, "key", filled(5));
			throws(() => Preference.set(domain, "key", filled(1025)), RangeError);
			for (const value of ["text", 1, true, new Uint8Array(4), null, undefined, {}]) {
				throws(() => Reflect.apply(Preference.set, Preference, [domain, "key", value]), TypeError);
			}
			equal(Preference.get(domain, "key"), filled(5));
			clear();
		},
		"refuses names that are no strings"() {
			if (standIn) return;
			throws(() => Reflect.apply(Preference.get, Preference, [domain, 1]), TypeError, "key");
			throws(() => Reflect.apply(Preference.get, Preference, [undefined, "key"]), TypeError, "domain");
		}
	})
];
