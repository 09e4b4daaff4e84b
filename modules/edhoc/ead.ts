import { type CborValue, isBytes, isInteger } from "../cbor/cbor.js";
import { EdhocError } from "./edhoc-error.js";

/** An item of external authorization data (RFC 9528, section 3.8). */
export interface EadItem {
	/** The registered label, not negative; 0 is padding. */
	readonly label: number;
	/** Whether a receiver that does not know the label must refuse the message. Never for padding. */
	readonly critical: boolean;
	readonly value?: Uint8Array;
}

/** The items as they stand in a message: nothing for none. Throws an EdhocError for a label out of range. */
export function eadValues(items: readonly EadItem[]): CborValue[] {
	return items.flatMap(({ label, critical, value }) => {
		if (!isInteger(label, 0) || (critical && label === 0))
			throw new EdhocError(`an EAD item labelled ${label}`);
		const signed = critical ? -label : label;
		return value === undefined ? [signed] : [signed, value];
	});
}

/**
 * The items of a message's last values, without padding. Throws an EdhocError for values that are none, and for a
 * critical item whose label is not in `recognized`; others that are not are passed on all the same.
 */
export function parseEad(values: readonly CborValue[], recognized: readonly number[]): readonly EadItem[] {
	const items: EadItem[] = [];
	for (let i = 0; i < values.length; ) {
		const signed = values[i++];
		if (!isInteger(signed)) throw new EdhocError("an EAD item without a label");
		const item = { label: Math.abs(signed), critical: signed < 0 };
		const value = values[i];
		if (item.critical && !recognized.includes(item.label)) {
			throw new EdhocError(`a critical EAD item labelled ${item.label}, which we do not know`);
		}
		if (isBytes(value)) i += 1;
		if (item.label !== 0) items.push(isBytes(value) ? { ...item, value } : item);
	}
	return items;
}
