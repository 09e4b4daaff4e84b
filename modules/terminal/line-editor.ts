import { encodeUtf8 } from "../bytes/bytes.js";
import { History } from "./history.js";
import { Key, KeyReader } from "./keys.js";
import { LineBuffer } from "./line-buffer.js";
import { LineView } from "./line-view.js";

export interface LineEditorOwner {
	/** The width of the window; 0 where that is not known. */
	readonly columns: number;
	/** Whether the arrows may bring a line back. Asked before `onLine`. */
	keeps(line: string): boolean;
	/** Each line without its end; null for one that is too long or no text. */
	onLine(line: string | null): void;
	/** ctrl-C, after the line was dropped; `isEmpty`: nothing stood in it. */
	onCancel(isEmpty: boolean): void;
	/** ctrl-D in an empty line. */
	onEnd(): void;
	/** Tab: what is to stand before the cursor in place of `text`, where there is but one way to go on; undefined for no change. */
	complete(text: string): string | undefined;
	/** What the person who types is to see. */
	draw(text: string): void;
}

/**
 * Makes lines of the keys of a terminal that neither shows nor edits. Return, line feed, or both end a line; see `Key` for what
 * else it knows. What others write goes through `above`, and stands above the line that is being typed.
 */
export class LineEditor {
	readonly #owner: LineEditorOwner;
	readonly #keys = new KeyReader();
	readonly #line = new LineBuffer();
	readonly #view = new LineView();
	readonly #history = new History();
	#echo = true;
	/** Whether a part of the line was typed without echo: none of it is ever shown, nor kept. */
	#isSecret = false;
	/** Whether another's line is not complete, so that nothing can stand below it. */
	#isHeld = false;
	/** What the view does not show yet. */
	#change: "none" | "added" | "edited" = "none";
	#isAfterReturn = false;
	/** Which line of the history is on show, 0 for a new one; that one is kept meanwhile. */
	#place = 0;
	#draft: Uint8Array | undefined;

	constructor(owner: LineEditorOwner) {
		this.#owner = owner;
	}

	/** Whether typed characters show; what is typed while they do not is not kept in the history either. */
	get echo(): boolean {
		return this.#echo;
	}

	set echo(isShown: boolean) {
		if (!isShown && this.#line.length > 0) this.#isSecret = true;
		this.#echo = isShown;
		if (!this.isVisible) this.put(this.#view.erase());
	}

	/**
	 * Takes what was typed, up to the first key that ends the line, drops it or puts another in its place: what a person
	 * pastes is then done in as many turns as there are lines. Returns how many bytes it took. `isMore`: the next ones are here
	 * already, so that nothing needs to be drawn before them.
	 */
	receive(bytes: Uint8Array, isMore = false): number {
		let taken = 0;
		while (taken < bytes.length) {
			const byte = bytes[taken] ?? 0;
			// What was typed is shown in one turn, and done in the next.
			if ((byte === Key.return || byte === Key.lineFeed) && this.show()) return taken;
			taken += 1;
			// In what is pasted a tab is a space; the keys Tab and Return may come together as well.
			const isTyped = !isMore && isOnlyEnd(bytes, taken);
			const key = this.#keys.take(byte === Key.tab && !isTyped ? 0x20 : byte);
			if (key !== Key.none && this.take(key)) return taken;
		}
		if (!isMore) this.show();
		return taken;
	}

	/** What the terminal is to get so that `text` stands above the line that is being typed. */
	above(text: string): string {
		if (text === "") return "";
		const erase = this.#view.erase();
		this.#isHeld = !text.endsWith("\n");
		this.#change = "none";
		return `${erase}${text}${this.isVisible ? this.#view.draw(this.#line, this.#owner.columns) : ""}`;
	}

	/** The window has another size, or something else was shown in it. */
	redraw(): void {
		this.#change = "edited";
		this.show();
	}

	/** Whether it ended the line, dropped or replaced it. */
	private take(key: number): boolean {
		const isAfterReturn = this.#isAfterReturn;
		this.#isAfterReturn = key === Key.return;
		if (key >= 0x20 && key < Key.delete && key !== Key.rubout) {
			this.add(key);
			return false;
		}
		const line = this.#line;
		const { cursor, length } = line;
		if (key === Key.backspace || key === Key.rubout) this.remove(line.before(cursor), cursor);
		else if (key === Key.delete || (key === Key.endOrDelete && length > 0))
			this.remove(cursor, line.after(cursor));
		else if (key === Key.left) this.moveTo(line.before(cursor));
		else if (key === Key.right) this.moveTo(line.after(cursor));
		else if (key === Key.home) this.moveTo(0);
		else if (key === Key.end) this.moveTo(length);
		else return this.takeLarge(key, isAfterReturn);
		return false;
	}

	/** The keys after which the loop goes on with something else first. */
	private takeLarge(key: number, isAfterReturn: boolean): boolean {
		const line = this.#line;
		if (key === Key.return || (key === Key.lineFeed && !isAfterReturn)) this.end();
		else if (key === Key.cancel) this.cancel();
		else if (key === Key.endOrDelete) this.#owner.onEnd();
		else if (key === Key.removeBefore) this.remove(0, line.cursor);
		else if (key === Key.removeAfter) {
			const { cursor } = line;
			this.remove(cursor, line.length);
		} else if (key === Key.removeWord) this.remove(line.wordStart, line.cursor);
		else if (key === Key.up) this.recall(this.#place + 1);
		else if (key === Key.down) this.recall(this.#place - 1);
		else if (key === Key.tab) this.complete();
		else if (key === Key.clearScreen) this.clearScreen();
		else return false;
		this.show();
		return true;
	}

	private get isVisible(): boolean {
		return this.#echo && !this.#isSecret && !this.#isHeld;
	}

	private put(text: string): void {
		if (text !== "") this.#owner.draw(text);
	}

	private add(byte: number): void {
		if (!this.#echo) this.#isSecret = true;
		const isAtEnd = this.#line.cursor === this.#line.length;
		this.#line.insert(byte);
		if (!isAtEnd) this.#change = "edited";
		else if (this.#change === "none") this.#change = "added";
	}

	private remove(start: number, end: number): void {
		this.#line.remove(start, end);
		this.#change = "edited";
		if (this.#line.length === 0) this.#isSecret = false;
	}

	private moveTo(place: number): void {
		this.#line.moveTo(place);
		this.#change = "edited";
	}

	/** Whether there was something to show. */
	private show(): boolean {
		const change = this.#change;
		this.#change = "none";
		if (change === "none" || !this.isVisible) return false;
		const { columns } = this.#owner;
		if (change === "added") this.put(this.#view.append(this.#line, columns));
		else if (this.#line.length === 0) this.put(this.#view.erase());
		else this.put(this.#view.draw(this.#line, columns));
		return true;
	}

	private recall(place: number): void {
		if (place < 0 || place === this.#place || !this.#echo || this.#isSecret) return;
		const kept = place === 0 ? (this.#draft ?? new Uint8Array(0)) : this.#history.at(place);
		if (kept === undefined) return;
		if (this.#place === 0) this.#draft = this.#line.bytes.slice(0, this.#line.length);
		this.#place = place;
		this.#line.replace(kept);
		this.#change = "edited";
	}

	private complete(): void {
		this.show();
		const { textBefore } = this.#line;
		if (textBefore === null || !this.#echo || this.#isSecret) return;
		const text = this.#owner.complete(textBefore);
		if (text === undefined || text === textBefore) return;
		this.#line.replaceBefore(encodeUtf8(text));
		this.#change = "edited";
	}

	private clearScreen(): void {
		if (this.#isHeld) return;
		this.#view.erase();
		this.put("\u001b[H\u001b[2J");
		this.#change = "edited";
	}

	private end(): void {
		const bytes = this.#line.bytes.slice(0, this.#line.length);
		const { line } = this.#line;
		const isShown = this.#echo && !this.#isSecret;
		if (isShown && line !== null && this.#owner.keeps(line)) this.#history.add(bytes);
		this.finish("");
		this.#owner.onLine(line);
	}

	private cancel(): void {
		const isEmpty = this.#line.length === 0;
		this.finish("^C");
		this.#owner.onCancel(isEmpty);
	}

	/** The line is over: it stays on the screen as it is, and the next one is empty. */
	private finish(mark: string): void {
		this.show();
		const rest = this.isVisible ? this.#view.finish(this.#line) : "";
		this.#line.clear();
		this.#isSecret = false;
		this.#change = "none";
		this.#place = 0;
		this.#draft = undefined;
		if (!this.#isHeld) this.put(`${rest}${mark}\n`);
	}
}

/** Whether nothing follows from a place on but at most the end of the line. */
function isOnlyEnd(bytes: Uint8Array, place: number): boolean {
	for (let at = place; at < bytes.length; at += 1) {
		if (bytes[at] !== Key.return && bytes[at] !== Key.lineFeed) return false;
	}
	return true;
}
