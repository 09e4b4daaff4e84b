import { equalBytes, Records } from "../bytes/bytes.js";
import { idLength } from "./node-id.js";

/** That a member may have a device do something, or that this was taken back. */
export interface Grant {
	/** The action's number. */
	readonly action: number;
	/** The device that it is for, 8 bytes, or null for all. */
	readonly device: Uint8Array | null;
	/** False takes the grant back. */
	readonly granted: boolean;
}

/** A grant's record: whose it is, the action, flags, the device. */
const actionAt = idLength;
const flagsAt = actionAt + 1;
const deviceAt = flagsAt + 1;
const recordLength = deviceAt + idLength;
const givesFlag = 1;
const allFlag = 2;

/** What the members of a home were granted, each in the order in which it was, 18 bytes a grant. */
export class Grants {
	#records = new Records(recordLength);

	copy(): Grants {
		const copy = new Grants();
		copy.#records = this.#records.copy();
		return copy;
	}

	/** A member's. */
	of(id: Uint8Array): readonly Grant[] {
		const grants: Grant[] = [];
		for (let number = 0; number < this.#records.count; number += 1) {
			const record = this.#records.at(number);
			if (isOf(record, id)) grants.push(grantIn(record));
		}
		return grants;
	}

	/** One more for a member: the last in order wins, so what it covers goes. */
	give(id: Uint8Array, grant: Grant): void {
		const { action, device, granted } = grant;
		let isForAll = false;
		for (let number = this.#records.count - 1; number >= 0; number -= 1) {
			const record = this.#records.at(number);
			if (record[actionAt] !== action || !isOf(record, id)) continue;
			const other = deviceIn(record);
			if (device === null || (other !== null && equalBytes(other, device))) this.#records.remove(number);
			else if (other === null) isForAll = true;
		}
		// Taking back what is not granted otherwise leaves nothing to say.
		if (granted || isForAll) this.append(id, grant);
	}

	/** One more behind the others, as a table has it. */
	append(id: Uint8Array, { action, device, granted }: Grant): void {
		const record = new Uint8Array(recordLength);
		record.set(id);
		record[actionAt] = action;
		record[flagsAt] = (granted ? givesFlag : 0) + (device === null ? allFlag : 0);
		if (device !== null) record.set(device, deviceAt);
		this.#records.add(record);
	}

	/** Whether a member's last grant for this action and device grants it. */
	isGranted(id: Uint8Array, action: number, device: Uint8Array): boolean {
		let result = false;
		for (let number = 0; number < this.#records.count; number += 1) {
			const record = this.#records.at(number);
			if (record[actionAt] !== action || !isOf(record, id)) continue;
			const other = deviceIn(record);
			if (other === null || equalBytes(other, device)) result = gives(record);
		}
		return result;
	}
}

function isOf(record: Uint8Array, id: Uint8Array): boolean {
	return equalBytes(record.subarray(0, idLength), id);
}

function gives(record: Uint8Array): boolean {
	return ((record[flagsAt] ?? 0) & givesFlag) !== 0;
}

/** A view. */
function deviceIn(record: Uint8Array): Uint8Array | null {
	return ((record[flagsAt] ?? 0) & allFlag) !== 0 ? null : record.subarray(deviceAt);
}

function grantIn(record: Uint8Array): Grant {
	return { action: record[actionAt] ?? 0, device: deviceIn(record)?.slice() ?? null, granted: gives(record) };
}
