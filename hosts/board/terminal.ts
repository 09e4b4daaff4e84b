import Serial, { restart } from "serial";
import Timer from "timer";
import { LineEditor, type LineEditorOwner } from "./terminal/line-editor.js";
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
export default class Terminal implements LineEditorOwner {
	readonly #events: { onLine(line: string | null): void };
	readonly #serial: Serial;
	readonly #editor: LineEditor;
	readonly #queue = new OutputQueue(outputLimit);
	/** What was read and is not done yet. */
	#typed: Uint8Array | undefined;
	#isTaking = false;
	#isWaiting = false;
	#isClosed = false;

	constructor(events: { onLine(line: string | null): void; onEnd?(): void }) {
		this.#events = events;
		this.#editor = new LineEditor(this);
		this.#serial = new Serial({ onReadable: () => this.typedSomething() });
	}

	get echo(): boolean {
		return this.#editor.echo;
	}

	set echo(isShown: boolean) {
		this.#editor.echo = isShown;
	}

	get waiting(): number {
		return this.#serial.isOpen ? this.#queue.length : 0;
	}

	/** A line's end goes out as return and line feed, as serial terminals want it. */
	write(text: string): void {
		if (this.#isClosed || text === "") return;
		this.#queue.add(new Uint8Array(ArrayBuffer.fromString(text.replaceAll("\n", "\r\n"))));
		if (!this.#isWaiting) this.send();
	}

	onLine(line: string | null): void {
		this.#events.onLine(line);
	}

	decode(bytes: Uint8Array): string | null {
		try {
			return String.fromArrayBuffer(bytes.buffer, bytes.byteOffset, bytes.length);
		} catch {
			return null;
		}
	}

	close(): void {
		this.#isClosed = true;
		this.#serial.close();
	}

	private typedSomething(): void {
		if (!this.#isTaking) this.receive();
	}

	/** One line, or a part of a long one, a turn: what is pasted must not keep the rest of the board waiting. */
	private receive(): void {
		this.#isTaking = false;
		if (this.#isClosed) return;
		const bytes = this.#typed ?? this.read();
		if (bytes === undefined) return;
		this.#typed = undefined;
		this.#isTaking = true;
		Timer.set(() => this.receive());
		const taken = this.#editor.receive(bytes);
		if (taken < bytes.length) this.#typed = bytes.subarray(taken);
	}

	private read(): Uint8Array | undefined {
		const bytes = this.#serial.read();
		return bytes === undefined ? undefined : new Uint8Array(bytes);
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
export function exit(_code: number): void {
	Timer.set(() => restart(), farewell);
}
