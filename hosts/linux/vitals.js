/** XS's own counters, the monotonic clock, and a file beside the preferences. */
function counter(number) @ "xs_vitals_counter";

export function heap() {
	return {
		slots: { used: counter(0), size: counter(1) },
		chunks: { used: counter(2), size: counter(3) }
	};
}

export function freeStorage() {
	return undefined;
}

export function uptime() @ "xs_vitals_uptime";
export function lastFault() @ "xs_vitals_last_fault";
export function noteFault(text) @ "xs_vitals_note_fault";
