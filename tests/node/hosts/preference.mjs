/** Moddable's Preference in memory, with the limits of the narrowest host: names of 15, values of 1024 bytes. */
import { view } from "./bytes.mjs";

const domains = new Map();

function checkName(name) {
	if (typeof name !== "string" || name.length === 0 || name.length > 15) {
		throw new RangeError(`preference name: ${name}`);
	}
}

export default class Preference {
	static set(domain, key, value) {
		checkName(domain);
		checkName(key);
		if (!(value instanceof ArrayBuffer)) throw new TypeError("preferences are ArrayBuffers");
		if (value.byteLength > 1024) throw new RangeError(`preference of ${value.byteLength} bytes`);
		const entries = domains.get(domain) ?? new Map();
		entries.set(key, Uint8Array.from(view(value)).buffer);
		domains.set(domain, entries);
	}

	static get(domain, key) {
		return domains.get(domain)?.get(key)?.slice(0);
	}

	static delete(domain, key) {
		domains.get(domain)?.delete(key);
	}

	static keys(domain) {
		return [...(domains.get(domain)?.keys() ?? [])];
	}

	static reset() {
		domains.clear();
	}
}
