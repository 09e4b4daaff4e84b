export function compare(bytes, at, other, otherAt, length) @ "xs_bulk_compare";
export function find(bytes, part, at, step, end) @ "xs_bulk_find";
export function toHex(bytes) @ "xs_bulk_to_hex";
export function fromHex(text) @ "xs_bulk_from_hex";
export function toAscii(bytes) @ "xs_bulk_to_ascii";
export function fromAscii(text) @ "xs_bulk_from_ascii";
