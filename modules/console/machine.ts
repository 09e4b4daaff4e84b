import type { WifiMachine } from "./wifi.js";

interface Pool {
	readonly used: number;
	readonly size: number;
}

/** The machine that the node runs on, as far as a person asks for it. */
export interface Machine extends WifiMachine {
	/** State and address of the network, in words. */
	readonly link: string;
	/** Of this software, as package.json says. */
	readonly version: string;
	/** The line that the device is on, by its number or name; undefined for none. */
	readonly line: number | string | undefined;
	/** Whether a person can set input lines by hand, since there are no real ones. */
	readonly hasVirtualLines: boolean;
	/** Bytes of XS's memory. */
	readonly heap: { readonly slots: Pool; readonly chunks: Pool };
	/** Bytes; undefined where there is no bound. */
	readonly freeStorage: number | undefined;
	/** Milliseconds since power-on. */
	readonly uptime: number;
	/** Errors since the start that nobody expected: how many, and the last. */
	readonly faults: { readonly count: number; readonly last: string | undefined };
	/** Why the machine restarted, where a fault was the cause. */
	readonly lastFault: string | undefined;
}

/** The machine at a glance, a line each. */
export function machineLines(machine: Machine): string[] {
	const { link, heap, freeStorage, uptime, faults, lastFault } = machine;
	const storage = freeStorage === undefined ? "" : `; ${kilobytes(freeStorage)} KB of flash free`;
	const lines = [
		`link     ${link}; up ${durationText(uptime)}`,
		`memory   slots ${poolText(heap.slots)}, chunks ${poolText(heap.chunks)} KB, more when needed${storage}`
	];
	if (faults.last !== undefined)
		lines.push(`faults   ${faults.count} since the start, the last: ${faults.last}`);
	if (lastFault !== undefined) lines.push(`restart  ${lastFault}`);
	return lines;
}

function poolText({ used, size }: Pool): string {
	return `${kilobytes(used)} of ${kilobytes(size)}`;
}

function kilobytes(bytes: number): number {
	return Math.round(bytes / 1024);
}

/** As "3 s ago", for milliseconds. */
export function agoText(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	if (seconds < 120) return `${seconds} s ago`;
	if (seconds < 7_200) return `${Math.floor(seconds / 60)} min ago`;
	return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** As "3 d 04:05:06". */
export function durationText(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	const two = (number: number) => String(number).padStart(2, "0");
	const days = Math.floor(seconds / 86_400);
	const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
		.map(two)
		.join(":");
	return days === 0 ? clock : `${days} d ${clock}`;
}
