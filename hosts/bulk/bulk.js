export function compare(bytes, at, other, otherAt, length) @ "xs_bulk_compare";
export function find(bytes, at, step, end, part, partAt, length) @ "xs_bulk_find";
export function findByte(bytes, at, step, end, byte) @ "xs_bulk_find_byte";
export function copy(bytes, at, from, fromAt, length) @ "xs_bulk_copy";
export function toHex(bytes) @ "xs_bulk_to_hex";
export function fromHex(text) @ "xs_bulk_from_hex";
export function toText(bytes) @ "xs_bulk_to_text";
export function fromAscii(text) @ "xs_bulk_from_ascii";
