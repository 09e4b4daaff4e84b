/** How this board is doing: hosts/types/vitals.d.ts. */
export function heap() {
	return { slots: { used: pool(0), size: pool(1) }, chunks: { used: pool(2), size: pool(3) } };
}

export function freeStorage() @ "xs_vitals_free_storage";
export function uptime() @ "xs_vitals_uptime";
export function lastFault() @ "xs_vitals_last_fault";
export function noteFault(text) @ "xs_vitals_note_fault";

function pool(which) @ "xs_vitals_pool";
