/** ECMA-419 Digital over lines of the kernel, or virtual lines 0 to 63. */
export default class Digital @ "xs_digital_delete" {
	constructor(options) @ "xs_digital";
	read() @ "xs_digital_read";
	write(value) @ "xs_digital_write";
	close() @ "xs_digital_close";
	get format() { return "number"; }
	set format(value) {
		if (value !== "number") throw new RangeError("Digital: format is not \"number\"");
	}

	static get Input() { return 0; }
	static get InputPullUp() { return 1; }
	static get InputPullDown() { return 2; }
	static get InputPullUpDown() { return 3; }
	static get Output() { return 8; }
	static get OutputOpenDrain() { return 9; }
	static get Rising() { return 1; }
	static get Falling() { return 2; }
	static get isVirtual() @ "xs_digital_get_virtual"
}
