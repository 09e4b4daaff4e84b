import Serial, { restart } from "serial";
import Timer from "timer";
import { OutputQueue } from "./terminal/output-queue.js";

/** Bytes of output that wait for somebody to read them. */
const outputLimit = 4096;
/** Milliseconds until output that did not go out is tried again: while somebody listens, and while nobody does. */
const busyPause = 5;
const idlePause = 250;
/** Milliseconds for the last text before a restart. */
const farewell = 250;

declare global {
	interface ArrayBufferConstructor {
		/** UTF-8. */
		fromString(text: string): ArrayBuffer;
	}
	interface StringConstructor {
		/** Throws for what is no UTF-8. */
		fromArrayBuffer(buffer: ArrayBufferLike, offset?: number, length?: number): string;
	}
}

/** The contract of hosts/types/terminal.d.ts over a board's serial line. */
export default class Terminal {
	readonly #serial: Serial;
	readonly #queue = new OutputQueue(outputLimit);
	/** Of no effect: nobody shows anything but what is written. */
	echo = true;
	#isWaiting = false;
	#isClosed = false;

	constructor(events: { onReadable?(): void }) {
		this.#serial = new Serial({ onReadable: () => events.onReadable?.() });
	}

	get readsKeys(): boolean {
		return true;
	}

	get isProgram(): boolean {
		return false;
	}

	/** A serial line does not tell. */
	get columns(): number {
		return 0;
	}

	get waiting(): number {
		return this.#serial.isOpen ? this.#queue.length : 0;
	}

	read(): ArrayBuffer | undefined {
		return this.#isClosed ? undefined : this.#serial.read();
	}

	/** A line's end goes out as return and line feed, as serial terminals want it. */
	write(text: string): void {
		if (this.#isClosed || text === "") return;
		this.#queue.add(new Uint8Array(ArrayBuffer.fromString(text.replaceAll("\n", "\r\n"))));
		if (!this.#isWaiting) this.send();
	}

	close(): void {
		this.#isClosed = true;
		this.#serial.close();
	}

	private send(): void {
		this.#isWaiting = false;
		if (this.#isClosed || this.#queue.length === 0) return;
		const isTaken = this.#queue.drain(bytes => this.#serial.write(bytes));
		if (this.#queue.length === 0) return;
		this.#isWaiting = true;
		Timer.set(() => this.send(), isTaken ? 0 : this.#serial.isOpen ? busyPause : idlePause);
	}
}

/** See hosts/types/terminal.d.ts: a board restarts, whatever the code. */
export function exit(_code: number, _reason?: string): void {
	Timer.set(() => restart(), farewell);
}
