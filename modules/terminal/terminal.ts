import type { Clock } from "../clock/clock.js";
import type { HostTerminal, HostTerminalEvents } from "./host-terminal.js";
import { LineEditor, type LineEditorOwner } from "./line-editor.js";
import { PlainLines } from "./plain-lines.js";

const cancel = 3;

/** Told of what a person types; each method is called on the object itself. */
export interface LineEvents {
	/** A line without its end; null for one of more than 1023 bytes, or that is no UTF-8. */
	onLine(line: string | null): void;
	/** No more lines come: the end of a pipe, ctrl-D, ctrl-C twice, or the system asks the program to end. Called once. */
	onEnd?(): void;
	/** ctrl-C, which has dropped the line already. Whether there was a question that it has left. */
	leave?(): boolean;
	/** As of a LineEditorOwner, by default true. */
	keeps?(line: string): boolean;
	/** As of a LineEditorOwner. */
	complete?(text: string): string | undefined;
}

export interface LineTerminalOptions {
	readonly clock: Pick<Clock, "after">;
	readonly open: (events: HostTerminalEvents) => HostTerminal;
	readonly events: LineEvents;
}

/**
 * A host's terminal, and lines: with an editor where a person types keys, as they come from a pipe. One line, or a part of a long
 * one, is done in a turn of the loop: what is pasted must not keep the rest of a board waiting.
 */
export class LineTerminal implements LineEditorOwner, HostTerminalEvents {
	readonly #events: LineEvents;
	readonly #clock: LineTerminalOptions["clock"];
	readonly #host: HostTerminal;
	/** One of the two. */
	readonly #editor: LineEditor | undefined;
	readonly #plain: PlainLines | undefined;
	/** What was read and is not done yet: the rest of a part, and the part after it. */
	#typed: Uint8Array | undefined;
	#next: ArrayBuffer | undefined;
	#isTaking = false;
	/** Whether ctrl-C came in an empty line, and nothing since. */
	#isWarned = false;
	#isOver = false;

	constructor({ clock, open, events }: LineTerminalOptions) {
		this.#clock = clock;
		this.#events = events;
		this.#host = open(this);
		if (this.#host.readsKeys) this.#editor = new LineEditor(this);
		else this.#plain = new PlainLines(line => this.onLine(line));
	}

	/** Whether what is typed shows. False while a password is typed. */
	get echo(): boolean {
		return this.#editor?.echo ?? this.#host.echo;
	}

	set echo(isShown: boolean) {
		if (this.#editor === undefined) this.#host.echo = isShown;
		else this.#editor.echo = isShown;
	}

	get waiting(): number {
		return this.#host.waiting ?? 0;
	}

	get columns(): number {
		return this.#host.columns;
	}

	/** Shows text, above a line that is being typed. */
	write(text: string): void {
		this.draw(this.#editor?.above(text) ?? text);
	}

	draw(text: string): void {
		this.#host.write(text);
	}

	onText(text: string): void {
		this.write(text);
	}

	onChange(): void {
		this.#editor?.redraw();
	}

	onReadable(): void {
		if (!this.#isTaking) this.receive();
	}

	keeps(line: string): boolean {
		return this.#events.keeps?.(line) ?? true;
	}

	onLine(line: string | null): void {
		if (line !== null && this.echo && this.#host.take?.(line)) return;
		this.#events.onLine(line);
	}

	onCancel(isEmpty: boolean): void {
		if (this.#events.leave?.() || !isEmpty || !this.#host.isProgram) return;
		if (this.#isWarned) this.onEnd();
		else this.write("Once more ctrl-C, or ctrl-D, ends this program.\n");
		this.#isWarned = true;
	}

	onEnd(): void {
		if (this.#isOver || !this.#host.isProgram) return;
		this.#isOver = true;
		this.#events.onEnd?.();
	}

	complete(text: string): string | undefined {
		return this.#events.complete?.(text);
	}

	private receive(): void {
		this.#isTaking = false;
		const bytes = this.#typed ?? this.read();
		this.#typed = undefined;
		if (bytes === undefined || this.#isOver) return;
		if (bytes.length === 0) {
			this.#plain?.end();
			// After what that line began, as all that is asked of this turn.
			this.#clock.after(0, () => this.onEnd());
			return;
		}
		this.#isTaking = true;
		this.#clock.after(0, () => this.receive());
		if (bytes[0] !== cancel) this.#isWarned = false;
		const taken =
			this.#editor?.receive(bytes, this.lookAhead()) ?? this.#plain?.receive(bytes) ?? bytes.length;
		if (taken < bytes.length) this.#typed = bytes.subarray(taken);
	}

	/** Whether more has been typed already. */
	private lookAhead(): boolean {
		this.#next ??= this.#host.read();
		return this.#next !== undefined && this.#next.byteLength > 0;
	}

	private read(): Uint8Array | undefined {
		const bytes = this.#next ?? this.#host.read();
		this.#next = undefined;
		return bytes === undefined ? undefined : new Uint8Array(bytes);
	}
}
