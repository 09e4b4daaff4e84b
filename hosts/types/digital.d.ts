/**
 * ECMA-419's Digital, as far as it is used here. A pin is its number; the Linux host takes the name of a line of the
 * kernel as well ("GPIO17").
 */
export default class Digital {
	static readonly Input: number;
	static readonly InputPullUp: number;
	static readonly InputPullDown: number;
	static readonly InputPullUpDown: number;
	static readonly Output: number;
	static readonly OutputOpenDrain: number;
	static readonly Rising: number;
	static readonly Falling: number;
	/** Whether pins are virtual, so that a person sets the inputs by hand (Linux without a chip of lines); absent on boards. */
	static readonly isVirtual?: boolean;

	/**
	 * Takes the pin; throws when there is none of that number or name, or when it is taken. `onReadable` is called
	 * from the loop after an edge of those in `edge` (Rising, Falling, or both added); of several edges in quick
	 * succession it may come once.
	 */
	constructor(options: {
		pin: number | string;
		mode: number;
		edge?: number;
		onReadable?: (this: Digital) => void;
	});

	read(): 0 | 1;
	write(value: 0 | 1): void;
	/** Frees the pin. Nothing is called afterwards; a second close is harmless. */
	close(): void;

	get format(): "number";
	set format(value: "number");
}
