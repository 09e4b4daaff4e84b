import { type Records, toHex } from "../bytes/bytes.js";
import { foldName, foldPrint } from "./fold.js";
import { nearest } from "./nearest.js";

/** Digits of an id that people see and type. */
const shortDigits = 8;

/** Somebody who has a name. */
export interface Named {
	readonly name: string;
	/** The node id, 16 bytes. */
	readonly id: Uint8Array;
	/** The same as 32 hexadecimal digits in lower case. */
	readonly idText: string;
}

/** Who there is to be named. */
export interface Home<Member extends Named> {
	/** How many members there are. */
	readonly size: number;
	/** Member `number` in their order. */
	at(number: number): Member;
	/** The member of that id, in full. */
	get(idText: string): Member | undefined;
	/** The ids of those who were removed. */
	readonly removedIds: Records;
}

/** Whom a text means: one, or those of whom it says not well enough which; none where there is no such name or id. */
export type Meant<Member> = { readonly one: Member } | { readonly several: readonly Member[] };

/**
 * How the members of a home are shown and found. Two whose names look alike are never told apart by name: each is shown
 * as NAME~ID. It is about a home as it is at one time, and keeps what it has made of it: 4 bytes a member, once ids are
 * asked for 4 more, and 4 for each who was removed.
 */
export class Directory<Member extends Named> {
	readonly #home: Home<Member>;
	/** The prints of the folded names, in the order of the members. */
	#prints: Int32Array | undefined;
	/** Whether no two of these are the same, as in most homes: then a name is a label. */
	#isPlain = false;
	/** The first 4 bytes of each id, also of those removed. */
	#beginnings: Uint32Array | undefined;

	constructor(home: Home<Member>) {
		this.#home = home;
	}

	/** A member's name to show and to ask for: NAME, or NAME~ID where another member's looks alike. */
	label({ name, idText }: Named): string {
		this.names();
		// Asked for with each task: no name is folded for it again.
		return this.#isPlain ? name : this.labelAs(name, idText);
	}

	/** The name that a block gives to whom it is about, who may be none of the members, or have another name by now. */
	labelAs(name: string, id: string): string {
		const isAlike = this.alike(name).some(({ idText }) => idText !== id);
		return isAlike ? `${name}~${this.shortId(id)}` : name;
	}

	/** The label of a member, or the id of whom there is no member. */
	labelOf(id: string): string {
		const member = this.#home.get(id);
		return member === undefined ? this.shortId(id) : this.label(member);
	}

	/** An id as people see and type it: 8 digits, or all 32 where another's begins so, be it one's that was removed. */
	shortId(id: string): string {
		const short = id.slice(0, shortDigits);
		const beginnings = this.ids();
		const beginning = Number.parseInt(short, 16);
		const { removedIds, size } = this.#home;
		for (
			let place = beginnings.indexOf(beginning);
			place >= 0;
			place = beginnings.indexOf(beginning, place + 1)
		) {
			const other = place < size ? this.#home.at(place).id : removedIds.at(place - size);
			if (toHex(other) !== id) return id;
		}
		return short;
	}

	/** The members whose names look like this one. */
	alike(name: string): readonly Member[] {
		const prints = this.names();
		const print = foldPrint(name);
		const found: Member[] = [];
		for (let number = prints.indexOf(print); number >= 0; number = prints.indexOf(print, number + 1)) {
			const member = this.#home.at(number);
			if (foldName(member.name) === foldName(name)) found.push(member);
		}
		return found;
	}

	/**
	 * Whom a person means, by an id in full, by NAME~ID, by the first 8 digits of an id, or by a name as it is written, whatever
	 * the case of letters: the first of these that it can be, so that nobody's name is in the way of another's id. Names that
	 * differ in case only look alike, and so tell nobody.
	 */
	find(typed: string): Meant<Member> {
		const who = typed.toLowerCase();
		const tilde = who.lastIndexOf("~");
		const name = tilde < 0 ? undefined : who.slice(0, tilde);
		const digits = who.slice(tilde + 1);
		if (/^([0-9a-f]{8}|[0-9a-f]{32})$/.test(digits)) {
			const found = this.byDigits(digits).filter(
				member => name === undefined || member.name.toLowerCase() === name
			);
			const [first] = found;
			if (first !== undefined) return this.tells(digits, found) ? { one: first } : { several: found };
			if (digits.length > shortDigits) return { several: [] };
		}
		const alike = this.alike(typed);
		// Some Greek capitals look like other letters than the small ones do.
		const meant = alike.length > 0 ? alike : this.calledAs(who);
		const [first] = meant;
		return first !== undefined && meant.length === 1 && first.name.toLowerCase() === who
			? { one: first }
			: { several: meant };
	}

	/** The members of this name, in small letters. */
	private calledAs(name: string): readonly Member[] {
		const found: Member[] = [];
		for (let number = 0; number < this.#home.size; number += 1) {
			const member = this.#home.at(number);
			if (member.name.toLowerCase() === name) found.push(member);
		}
		return found;
	}

	/** The label of the member whose name is the nearest to what was typed, or one of `words`, where one is near. */
	nearest(typed: string, words: readonly string[] = []): string | undefined {
		const name = nearest(typed, this.allNames(words));
		const [member] = name === undefined || words.includes(name) ? [] : this.alike(name);
		return member === undefined ? name : this.label(member);
	}

	private *allNames(words: readonly string[]): Generator<string, void, undefined> {
		yield* words;
		for (let number = 0; number < this.#home.size; number += 1) yield this.#home.at(number).name;
	}

	private byDigits(digits: string): readonly Member[] {
		if (digits.length > shortDigits) {
			const member = this.#home.get(digits);
			return member === undefined ? [] : [member];
		}
		const found: Member[] = [];
		const beginning = Number.parseInt(digits, 16);
		const { size } = this.#home;
		for (const [place, each] of this.ids().subarray(0, size).entries()) {
			if (each === beginning) found.push(this.#home.at(place));
		}
		return found;
	}

	/** Whether these digits are enough for the one who was found by them. */
	private tells(digits: string, [first, ...others]: readonly Member[]): boolean {
		if (first === undefined || others.length > 0) return false;
		return digits.length > shortDigits || this.shortId(first.idText) === digits;
	}

	private names(): Int32Array {
		if (this.#prints === undefined) {
			const { size } = this.#home;
			const prints = new Int32Array(size);
			this.#isPlain = true;
			for (let number = 0; number < size; number += 1) {
				const print = foldPrint(this.#home.at(number).name);
				prints[number] = print;
				if (prints.indexOf(print) < number) this.#isPlain = false;
			}
			this.#prints = prints;
		}
		return this.#prints;
	}

	private ids(): Uint32Array {
		if (this.#beginnings === undefined) {
			const { size, removedIds } = this.#home;
			const beginnings = new Uint32Array(size + removedIds.count);
			for (let place = 0; place < beginnings.length; place += 1) {
				beginnings[place] = beginningOf(place < size ? this.#home.at(place).id : removedIds.at(place - size));
			}
			this.#beginnings = beginnings;
		}
		return this.#beginnings;
	}
}

function beginningOf(id: Uint8Array): number {
	return new DataView(id.buffer, id.byteOffset).getUint32(0);
}
